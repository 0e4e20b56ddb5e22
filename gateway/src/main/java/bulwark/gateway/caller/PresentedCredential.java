package bulwark.gateway.caller;

import bulwark.gateway.http1.Field;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import java.nio.charset.StandardCharsets;

/**
 * The one credential of a request, as a part of its head. Credentials in the target are never looked at.
 *
 * @param start of its text in the head's bytes
 */
record PresentedCredential(Kind kind, byte[] head, int start, int end) {
    /** What it is, or why there is none. */
    enum Kind {
        BEARER,
        /** A token whose proof must come too (RFC 9449 §7.1). */
        DPOP,
        API_KEY,
        ABSENT,
        /** Several credentials, or none that can be read. */
        MALFORMED
    }

    private static final int MAX_CREDENTIAL = 16_384;
    private static final byte[] NOTHING = new byte[0];
    private static final PresentedCredential NONE = new PresentedCredential(Kind.ABSENT, NOTHING, 0, 0);
    private static final PresentedCredential UNREADABLE = new PresentedCredential(Kind.MALFORMED, NOTHING, 0, 0);

    static PresentedCredential of(RawRequestHead head) {
        PresentedCredential found = NONE;
        for (int i = 0; i < head.fieldCount(); i++) {
            long field = head.field(i);
            byte code = Field.code(field);
            if (code == HeaderName.AUTHORIZATION || code == HeaderName.API_KEY) {
                if (found != NONE) {
                    return UNREADABLE;
                }
                found = code == HeaderName.AUTHORIZATION ? authorization(head, field) : apiKey(head, field);
            }
        }
        return found;
    }

    private static PresentedCredential authorization(RawRequestHead head, long field) {
        byte[] bytes = head.bytes();
        int start = Field.valueStart(field);
        int end = Field.valueEnd(field);
        Kind kind = isScheme(bytes, start, end, "bearer ")
                ? Kind.BEARER
                : isScheme(bytes, start, end, "dpop ") ? Kind.DPOP : Kind.MALFORMED;
        if (kind == Kind.MALFORMED) {
            return UNREADABLE;
        }
        int token = start + (kind == Kind.BEARER ? 7 : 5);
        while (token < end && bytes[token] == ' ') {
            token++;
        }
        return of(kind, bytes, token, end);
    }

    private static PresentedCredential apiKey(RawRequestHead head, long field) {
        return of(Kind.API_KEY, head.bytes(), Field.valueStart(field), Field.valueEnd(field));
    }

    /** Of the characters that RFC 6750 §2.1 allows, and a bounded number of them. */
    private static PresentedCredential of(Kind kind, byte[] bytes, int start, int end) {
        if (start >= end || end - start > MAX_CREDENTIAL) {
            return UNREADABLE;
        }
        for (int i = start; i < end; i++) {
            byte c = bytes[i];
            boolean allowed = c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || c == '-'
                    || c == '.'
                    || c == '_'
                    || c == '~'
                    || c == '+'
                    || c == '/'
                    || c == '=';
            if (!allowed) {
                return UNREADABLE;
            }
        }
        return new PresentedCredential(kind, bytes, start, end);
    }

    private static boolean isScheme(byte[] bytes, int start, int end, String scheme) {
        if (end - start <= scheme.length()) {
            return false;
        }
        for (int i = 0; i < scheme.length(); i++) {
            byte c = bytes[start + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != scheme.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A new text: for a credential that is not known yet. */
    String text() {
        return new String(head, start, end - start, StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return kind.name();
    }
}
