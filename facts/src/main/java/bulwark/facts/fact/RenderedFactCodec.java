package bulwark.facts.fact;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A rendered fact in half the space: what every rendering repeats becomes one byte below 0x20, which JSON text never holds
 * unescaped. Exact in both directions for any input. Thread-safe.
 */
final class RenderedFactCodec {
    /** Stands before bytes that are kept as they are. */
    private static final byte PLAIN = 0;

    private static final int FIRST_TEXT = 0x20;

    /** The members in the order of {@link FactRecord}, longest first where one begins like another. */
    private static final byte[][] PHRASES = List.of(
                    "{\"id\":\"",
                    "\",\"entity\":\"",
                    "\",\"relation\":\"",
                    "\",\"value\":{\"type\":\"",
                    "string\",\"v\":\"",
                    "\",\"interpret_as\":\"content\"},\"source\":\"",
                    "\",\"timestamp\":\"",
                    "\",\"hlc\":\"",
                    "\",\"received_from\":null,\"valid_until\":",
                    "null,\"confidence\":1.0,\"scope\":\"",
                    ",\"confidence\":",
                    ",\"scope\":\"",
                    "\",\"attested_key_id\":null,\"origin_node_id\":null,\"origin_allowed_scopes\":null,\"garden_id\":",
                    "null,\"attested\":null,\"contradicted\":",
                    "false,\"warnings\":[],\"source_trust\":1.0,\"quarantine_status\":null,\"quarantine_garden_id\":null,"
                            + "\"effective_confidence\":",
                    "1.0,\"sanitizer_warnings\":[],\"sanitizer_redacted\":false,\"cid\":\"sha256:",
                    ",\"sanitizer_warnings\":[],\"sanitizer_redacted\":false,\"cid\":\"sha256:",
                    "\",\"derived_from\":[]}",
                    "stigmem://")
            .stream()
            .map(phrase -> phrase.getBytes(StandardCharsets.US_ASCII))
            .sorted(Comparator.comparingInt((byte[] phrase) -> phrase.length).reversed())
            .toArray(byte[][]::new);

    /** Which phrases begin with an ASCII character, in the order of {@link #PHRASES}: most characters begin none. */
    private static final int[][] BY_FIRST = new int[0x80][];

    static {
        for (int first = 0; first < BY_FIRST.length; first++) {
            int wanted = first;
            BY_FIRST[first] = IntStream.range(0, PHRASES.length)
                    .filter(i -> PHRASES[i][0] == wanted)
                    .toArray();
        }
    }

    private RenderedFactCodec() {}

    static byte[] of(byte[] json) {
        byte[] packed = new byte[json.length];
        int length = 0;
        for (int i = 0; i < json.length; ) {
            int phrase = at(json, i);
            if (phrase >= 0) {
                packed[length++] = (byte) (phrase + 1);
                i += PHRASES[phrase].length;
            } else if (Byte.toUnsignedInt(json[i]) < FIRST_TEXT) {
                return plain(json);
            } else {
                packed[length++] = json[i++];
            }
        }
        return Arrays.copyOf(packed, length);
    }

    static byte[] expand(byte[] packed) {
        byte[] json = new byte[length(packed)];
        expand(packed, json, 0);
        return json;
    }

    /** @return the place behind what was written; {@link #length} says how much that is */
    static int expand(byte[] packed, byte[] into, int at) {
        if (isPlain(packed)) {
            System.arraycopy(packed, 1, into, at, packed.length - 1);
            return at + packed.length - 1;
        }
        int length = at;
        for (byte code : packed) {
            if (code >= 0 && code < FIRST_TEXT) {
                byte[] phrase = PHRASES[code - 1];
                System.arraycopy(phrase, 0, into, length, phrase.length);
                length += phrase.length;
            } else {
                into[length++] = code;
            }
        }
        return length;
    }

    /** Bytes of the expanded form. */
    static int length(byte[] packed) {
        if (isPlain(packed)) {
            return packed.length - 1;
        }
        int length = packed.length;
        for (byte code : packed) {
            if (code >= 0 && code < FIRST_TEXT) {
                length += PHRASES[code - 1].length - 1;
            }
        }
        return length;
    }

    private static boolean isPlain(byte[] packed) {
        return packed.length > 0 && packed[0] == PLAIN;
    }

    private static int at(byte[] json, int from) {
        if (json[from] < 0) {
            return -1;
        }
        for (int i : BY_FIRST[json[from]]) {
            byte[] phrase = PHRASES[i];
            int end = from + phrase.length;
            if (end <= json.length && Arrays.equals(json, from, end, phrase, 0, phrase.length)) {
                return i;
            }
        }
        return -1;
    }

    private static byte[] plain(byte[] json) {
        byte[] plain = new byte[json.length + 1];
        plain[0] = PLAIN;
        System.arraycopy(json, 0, plain, 1, json.length);
        return plain;
    }
}
