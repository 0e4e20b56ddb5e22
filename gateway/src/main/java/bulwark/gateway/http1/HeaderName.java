package bulwark.gateway.http1;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The header names that a gateway acts upon, each as one byte, so that a header line is told by a table look-up. A name is folded before it is looked up: lower case, and each
 * character but letters and digits is a hyphen, since backends that hand headers on as variables read {@code X_User_Id} and {@code X.User.Id} as {@code X-User-Id}.
 */
public final class HeaderName {
    /** No name of this table. */
    public static final byte OTHER = 0;

    /** A name that only the gateway may set towards a backend. */
    public static final byte RESERVED = 1;

    public static final byte HOST = 2;
    public static final byte CONNECTION = 3;

    /** Of one hop only, and nothing that the gateway reads. */
    public static final byte HOP_BY_HOP = 4;

    public static final byte TRANSFER_ENCODING = 5;
    public static final byte CONTENT_LENGTH = 6;
    public static final byte UPGRADE = 7;
    public static final byte EXPECT = 8;
    public static final byte AUTHORIZATION = 9;
    public static final byte API_KEY = 10;
    public static final byte TRACEPARENT = 11;
    public static final byte TRACESTATE = 12;
    public static final byte CONTENT_TYPE = 13;
    public static final byte DATE = 14;

    /** Names the software of a server. */
    public static final byte SERVER_SOFTWARE = 15;

    /** One that the gateway sets on each answer. */
    public static final byte ANSWER_POLICY = 16;

    public static final byte TRAILER = 17;
    public static final byte ORIGIN = 18;
    public static final byte COOKIE = 19;
    public static final byte ACCEPT = 20;

    private static final int SLOTS = 256;
    private static final int MAX_KNOWN = 40;
    private static final byte[][] NAMES = new byte[SLOTS][];
    private static final byte[] CODES = new byte[SLOTS];
    private static final byte[][] RESERVED_PREFIXES =
            List.of("x-user-", "x-ssl-", "x-authenticated-", "x-forwarded-").stream()
                    .map(prefix -> prefix.getBytes(StandardCharsets.US_ASCII))
                    .toArray(byte[][]::new);

    /** By byte: the folded character, or 0 where the byte may not stand in a name (RFC 9110 §5.6.2). */
    static final byte[] FOLDED = new byte[256];

    static {
        for (int c = 0x21; c < 0x7f; c++) {
            if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
                FOLDED[c] = (byte) c;
            } else if (c >= 'A' && c <= 'Z') {
                FOLDED[c] = (byte) (c + 'a' - 'A');
            } else if ("!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
                FOLDED[c] = '-';
            }
        }
        add(HOST, "host");
        add(CONNECTION, "connection");
        add(HOP_BY_HOP, "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "proxy");
        add(TRAILER, "trailer");
        add(TRANSFER_ENCODING, "transfer-encoding");
        add(CONTENT_LENGTH, "content-length");
        add(UPGRADE, "upgrade");
        add(EXPECT, "expect");
        add(AUTHORIZATION, "authorization");
        add(API_KEY, "x-api-key");
        add(TRACEPARENT, "traceparent");
        add(TRACESTATE, "tracestate");
        add(CONTENT_TYPE, "content-type");
        add(DATE, "date");
        add(ORIGIN, "origin");
        add(COOKIE, "cookie");
        add(ACCEPT, "accept");
        add(RESERVED, "x-tenant-id", "forwarded");
        add(SERVER_SOFTWARE, "server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version");
        add(
                ANSWER_POLICY,
                "x-content-type-options",
                "x-frame-options",
                "x-xss-protection",
                "referrer-policy",
                "permissions-policy",
                "strict-transport-security",
                "x-stoa-timing",
                "x-stoa-trace-id",
                "x-stoa-refusal");
    }

    private HeaderName() {}

    private static void add(byte code, String... names) {
        for (String name : names) {
            byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
            int slot = slot(hash(bytes, 0, bytes.length));
            while (NAMES[slot] != null) {
                slot = (slot + 1) % SLOTS;
            }
            NAMES[slot] = bytes;
            CODES[slot] = code;
        }
    }

    /** The code of a name in any spelling; -1 when the text is no name of a header (RFC 9110 §5.1). */
    public static int codeOf(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        int hash = 0;
        for (byte b : bytes) {
            if (FOLDED[b & 0xff] == 0) {
                return -1;
            }
            hash = hash(hash, FOLDED[b & 0xff]);
        }
        return bytes.length == 0 ? -1 : code(bytes, 0, bytes.length, hash);
    }

    /** The name as backends may read it: names that are equal so are one name. Characters that may not stand in a name are left out. */
    public static String folded(String name) {
        StringBuilder text = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            byte folded = folded(name.charAt(i));
            if (folded != 0) {
                text.append((char) folded);
            }
        }
        return text.toString();
    }

    /** 0 where the character may not stand in a name. */
    private static byte folded(char c) {
        return c > 0xff ? 0 : FOLDED[c];
    }

    /** Whether a backend may read the name that starts here, which is as long, as the other one. */
    public static boolean isSame(byte[] bytes, int start, String name) {
        for (int i = 0; i < name.length(); i++) {
            if (FOLDED[bytes[start + i] & 0xff] != folded(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a backend may read both as one name. */
    public static boolean isSame(String one, String other) {
        if (one.length() != other.length()) {
            return false;
        }
        for (int i = 0; i < one.length(); i++) {
            if (folded(one.charAt(i)) != folded(other.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** One step of the hash over folded characters; starts at 0. */
    static int hash(int hash, byte folded) {
        return hash * 31 + folded;
    }

    private static int hash(byte[] bytes, int start, int end) {
        int hash = 0;
        for (int i = start; i < end; i++) {
            hash = hash(hash, FOLDED[bytes[i] & 0xff]);
        }
        return hash;
    }

    private static int slot(int hash) {
        return (hash ^ hash >>> 8) & SLOTS - 1;
    }

    /** @param hash over all folded characters of the name */
    static byte code(byte[] bytes, int start, int end, int hash) {
        int slot = slot(hash);
        for (int tries = 0; tries < MAX_KNOWN; tries++) {
            byte[] name = NAMES[slot];
            if (name == null) {
                break;
            }
            if (name.length == end - start && startsWith(bytes, start, name)) {
                return CODES[slot];
            }
            slot = (slot + 1) % SLOTS;
        }
        return FOLDED[bytes[start] & 0xff] == 'x' && isReserved(bytes, start, end) ? RESERVED : OTHER;
    }

    private static boolean isReserved(byte[] bytes, int start, int end) {
        for (byte[] prefix : RESERVED_PREFIXES) {
            if (end - start >= prefix.length && startsWith(bytes, start, prefix)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] bytes, int start, byte[] folded) {
        for (int i = 0; i < folded.length; i++) {
            if (FOLDED[bytes[start + i] & 0xff] != folded[i]) {
                return false;
            }
        }
        return true;
    }
}
