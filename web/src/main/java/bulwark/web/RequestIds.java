package bulwark.web;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Ids that tie an answer to its log lines: unique, 16 hex digits, not secret. A caller's own id is kept when it is harmless. Thread-safe. */
final class RequestIds {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_LENGTH = 64;

    private final AtomicLong next = new AtomicLong(new SecureRandom().nextLong());

    /** The offered id when it is 1 to 64 characters of {@code A-Za-z0-9._-}, else a new one. */
    String accept(@Nullable String offered) {
        return offered != null && harmless(offered) ? offered : fresh();
    }

    /** A counter from a random start through a bijective mixer: unique in the process and not telling how many went before. */
    @SuppressWarnings("deprecation") // the Latin-1 constructor is the cheap one
    private String fresh() {
        long id = next.getAndIncrement();
        id = (id ^ (id >>> 30)) * 0xbf58476d1ce4e5b9L;
        id = (id ^ (id >>> 27)) * 0x94d049bb133111ebL;
        id ^= id >>> 31;
        byte[] text = new byte[16];
        for (int i = 15; i >= 0; i--) {
            text[i] = HEX[(int) (id & 15)];
            id >>>= 4;
        }
        return new String(text, 0);
    }

    private static boolean harmless(String offered) {
        if (offered.isEmpty() || offered.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < offered.length(); i++) {
            char c = offered.charAt(i);
            boolean good = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '.'
                    || c == '_'
                    || c == '-';
            if (!good) {
                return false;
            }
        }
        return true;
    }
}
