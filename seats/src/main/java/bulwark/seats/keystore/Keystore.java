package bulwark.seats.keystore;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.AesCounterMode;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.PasswordBasedKey;
import bulwark.kernel.signing.Signing;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The encrypted file of one secret key, version 4 of EIP-2335. Immutable. @param json the document */
public record Keystore(Map<String, Object> json) {
    /** What the EIP's own file has; half a second of a processor. */
    private static final int ITERATIONS = 262_144;

    private static final int KEY_BYTES = 32;
    private static final int HALF = 16;
    private static final int MAX_ITERATIONS = 10_000_000;
    private static final int MAX_SCRYPT_BYTES = 1 << 28;
    private static final HexFormat HEX = HexFormat.of();

    /**
     * With a salt, a counter and an id of its own. By PBKDF2, whose memory is nothing: scrypt as the EIP has it takes 256 MB.
     *
     * @param secret 32 bytes
     * @param pubkey 96 hexadecimal digits
     * @param path of EIP-2334
     */
    public static Keystore encrypt(
            SecretBytes secret, SecretBytes password, String pubkey, String path, Signing random) {
        byte[] salt = fresh(random, KEY_BYTES);
        byte[] counter = fresh(random, HALF);
        byte[] key = PasswordBasedKey.pbkdf2Sha256(encoded(password), salt, ITERATIONS, KEY_BYTES)
                .expose(SecretAccess.grant());
        byte[] message = AesCounterMode.apply(Arrays.copyOf(key, HALF), counter, secret.expose(SecretAccess.grant()));
        Map<String, Object> derivation = new LinkedHashMap<>();
        derivation.put("dklen", KEY_BYTES);
        derivation.put("c", ITERATIONS);
        derivation.put("prf", "hmac-sha256");
        derivation.put("salt", HEX.formatHex(salt));
        Map<String, Object> crypto = new LinkedHashMap<>();
        crypto.put("kdf", module("pbkdf2", derivation, ""));
        crypto.put("checksum", module("sha256", Map.of(), HEX.formatHex(checksum(key, message))));
        crypto.put("cipher", module("aes-128-ctr", Map.of("iv", HEX.formatHex(counter)), HEX.formatHex(message)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("crypto", crypto);
        json.put("description", "");
        json.put("pubkey", pubkey);
        json.put("path", path);
        json.put("uuid", uuid(fresh(random, HALF)));
        json.put("version", 4);
        return new Keystore(json);
    }

    private static Map<String, Object> module(String function, Map<String, Object> parameters, String message) {
        Map<String, Object> module = new LinkedHashMap<>();
        module.put("function", function);
        module.put("params", parameters);
        module.put("message", message);
        return module;
    }

    private static byte[] fresh(Signing random, int bytes) {
        return Arrays.copyOf(random.random32().expose(SecretAccess.grant()), bytes);
    }

    /** Version 4 of RFC 9562. */
    private static String uuid(byte[] random) {
        ByteBuffer bytes = ByteBuffer.wrap(random);
        long high = bytes.getLong() & ~0xf000L | 0x4000L;
        long low = bytes.getLong() & ~(3L << 62) | 1L << 63;
        return new UUID(high, low).toString();
    }

    /** NFKD without control characters, in UTF-8. */
    static SecretBytes encoded(SecretBytes password) {
        StringBuilder kept = new StringBuilder();
        Normalizer.normalize(password.exposeText(SecretAccess.grant()), Normalizer.Form.NFKD)
                .codePoints()
                .filter(point -> point >= 0x20 && (point < 0x7f || point > 0x9f))
                .forEach(kept::appendCodePoint);
        return SecretBytes.ofText(kept.toString());
    }

    private static byte[] checksum(byte[] key, byte[] message) {
        byte[] both = Arrays.copyOf(Arrays.copyOfRange(key, HALF, KEY_BYTES), HALF + message.length);
        System.arraycopy(message, 0, both, HALF, message.length);
        return Digests.sha256(both);
    }

    /** The secret of a file; empty when the password is another, or the file none of version 4 within our bounds. */
    public Optional<SecretBytes> open(SecretBytes password) {
        return open(StrictJson.parse(StrictJson.write(json)), password);
    }

    static Optional<SecretBytes> open(JsonNode document, SecretBytes password) {
        try {
            JsonNode crypto = document.path("crypto");
            byte[] message = HEX.parseHex(crypto.at("/cipher/message").asString(""));
            byte[] counter = HEX.parseHex(crypto.at("/cipher/params/iv").asString(""));
            byte[] expected = HEX.parseHex(crypto.at("/checksum/message").asString(""));
            if (document.path("version").asInt(0) != 4
                    || counter.length != HALF
                    || !crypto.at("/cipher/function").asString("").equals("aes-128-ctr")
                    || !crypto.at("/checksum/function").asString("").equals("sha256")) {
                return Optional.empty();
            }
            Optional<byte[]> key = key(crypto.path("kdf"), encoded(password));
            return key.filter(bytes -> MessageDigest.isEqual(expected, checksum(bytes, message)))
                    .map(bytes -> SecretBytes.of(AesCounterMode.apply(Arrays.copyOf(bytes, HALF), counter, message)));
        } catch (IllegalArgumentException notHexadecimal) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> key(JsonNode kdf, SecretBytes password) {
        JsonNode params = kdf.path("params");
        byte[] salt = HEX.parseHex(params.path("salt").asString(""));
        int length = params.path("dklen").asInt(0);
        if (length != KEY_BYTES) {
            return Optional.empty();
        }
        return switch (kdf.path("function").asString("")) {
            case "pbkdf2" -> {
                int iterations = params.path("c").asInt(0);
                yield iterations < 1
                                || iterations > MAX_ITERATIONS
                                || !params.path("prf").asString("").equals("hmac-sha256")
                        ? Optional.empty()
                        : Optional.of(PasswordBasedKey.pbkdf2Sha256(password, salt, iterations, length)
                                .expose(SecretAccess.grant()));
            }
            case "scrypt" -> {
                int n = params.path("n").asInt(0);
                int r = params.path("r").asInt(0);
                int p = params.path("p").asInt(0);
                yield n < 2 || Integer.bitCount(n) != 1 || r < 1 || p < 1 || p > 16 || 128L * n * r > MAX_SCRYPT_BYTES
                        ? Optional.empty()
                        : Optional.of(PasswordBasedKey.scrypt(password, salt, n, r, p, length)
                                .expose(SecretAccess.grant()));
            }
            default -> Optional.empty();
        };
    }
}
