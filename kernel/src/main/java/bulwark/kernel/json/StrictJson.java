package bulwark.kernel.json;

import tools.jackson.databind.JsonNode;

/**
 * Parses JSON from strangers: strict RFC 8259 UTF-8; duplicate keys, trailing bytes, lone surrogates (raw or escaped),
 * NaN and depth over 100 are refused. Numbers keep their exact lexical form (BigInteger / BigDecimal). Thread-safe.
 */
public final class StrictJson {
    private StrictJson() {}

    /** @throws JsonRefused with a sentence and, where known, the byte offset */
    public static JsonNode parse(byte[] utf8) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Compact output in insertion order, for answers (not for signing). Accepts what {@link CanonicalJson} accepts, and JsonNode. */
    public static byte[] write(Object value) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** What was wrong with the bytes. */
    public static final class JsonRefused extends RuntimeException {
        private final long offset;

        public JsonRefused(String message, long offset) {
            super(message, null, false, false);
            this.offset = offset;
        }

        /** Byte offset, or -1. */
        public long offset() {
            return offset;
        }
    }
}
