package bulwark.gateway.proxy;

import bulwark.gateway.call.TraceContext;
import org.jspecify.annotations.Nullable;

/** Reads {@code traceparent} of W3C Trace Context, version 00: {@code 00-<32 hex>-<16 hex>-<2 hex>} in lower case, no id zero. */
final class Traceparent {
    private static final int LENGTH = 55;
    private static final int SAMPLED = 1;

    private Traceparent() {}

    /** Null when it is malformed: the gateway begins a trace of its own then. */
    static @Nullable TraceContext parse(String text) {
        if (text.length() != LENGTH
                || !text.startsWith("00-")
                || text.charAt(35) != '-'
                || text.charAt(52) != '-'
                || !isHex(text, 3, 35)
                || !isHex(text, 36, 52)
                || !isHex(text, 53, LENGTH)) {
            return null;
        }
        long high = number(text, 3, 19);
        long low = number(text, 19, 35);
        long span = number(text, 36, 52);
        if (high == 0 && low == 0 || span == 0) {
            return null;
        }
        return new TraceContext(high, low, span, (number(text, 53, LENGTH) & SAMPLED) != 0, true);
    }

    private static boolean isHex(String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    private static long number(String text, int start, int end) {
        return Long.parseUnsignedLong(text, start, end, 16);
    }
}
