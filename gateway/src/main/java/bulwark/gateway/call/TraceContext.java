package bulwark.gateway.call;

/**
 * The call's place in a trace (W3C Trace Context): the caller's trace id, or a new one, and the id of the span that this gateway is.
 *
 * @param continued whether the trace is the caller's
 */
public record TraceContext(long traceHigh, long traceLow, long span, boolean sampled, boolean continued) {
    /** 32 hexadecimal digits. */
    public String traceId() {
        return hex(traceHigh) + hex(traceLow);
    }

    /** 16 hexadecimal digits. */
    public String spanId() {
        return hex(span);
    }

    private static String hex(long number) {
        String digits = Long.toHexString(number);
        return "0".repeat(16 - digits.length()) + digits;
    }
}
