package bulwark.kernel.evidence.log;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.SubjectPublicKey;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The public keys of a Rekor service, each under the id that the service's answers name: SHA-256 of the key in DER, lower-case hex. A
 * service that changed its key signs what it took before with the former one, so all of them are named. Immutable, thread-safe.
 */
public final class RekorKeys {
    private static final int MAX_BYTES = 1 << 16;

    /** No key is known: what the service says of its tree is compared with what it said before, and believed. */
    public static final RekorKeys NONE = new RekorKeys(Map.of(), "");

    private static final String PUBLIC_SERVICE_PEM = """
            -----BEGIN PUBLIC KEY-----
            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwr
            kBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==
            -----END PUBLIC KEY-----
            """;

    private final Map<String, SubjectPublicKey> keys;
    private final String source;

    private RekorKeys(Map<String, SubjectPublicKey> keys, String source) {
        this.keys = Map.copyOf(keys);
        this.source = source;
    }

    /** The key of the public service of the Sigstore project, whose id is {@code c0d23d6a…1801d}. */
    public static RekorKeys ofPublicService() {
        return parse(PUBLIC_SERVICE_PEM, "the built-in key of the public service");
    }

    /** @throws KeyRefused when the file holds no public key, or one that is not of ECDSA or Ed25519 */
    public static RekorKeys read(ConfiguredPath file) {
        return file.open(path -> {
            if (Files.size(path) > MAX_BYTES) {
                throw new KeyRefused(path + " is longer than 64 KiB: name a PEM file with the service's public keys");
            }
            try {
                return parse(Files.readString(path, StandardCharsets.UTF_8), file.toString());
            } catch (KeyRefused | CharacterCodingException refused) {
                String reason = refused instanceof KeyRefused ? refused.getMessage() : "it is not text";
                throw new KeyRefused(path + " holds no key of a Rekor service (" + reason
                        + "): put there what the service answers to GET /api/v1/log/publicKey, after comparing it"
                        + " with what its operator publishes");
            }
        });
    }

    static RekorKeys parse(String pem, String source) {
        Map<String, SubjectPublicKey> byId = new LinkedHashMap<>();
        List<SubjectPublicKey> parsed = SubjectPublicKey.parsePem(pem);
        parsed.forEach(key -> byId.put(key.fingerprint(), key));
        return new RekorKeys(byId, source);
    }

    /**
     * Why an answer that was stored ({@link LogEntry#raw}) is not what the service vouches for, as the end of a sentence; null when it is.
     *
     * @param leafHash SHA-256 of the payload, hex
     */
    public @Nullable String fault(String raw, String leafHash) {
        try {
            RekorAnswer answer = RekorAnswer.of("", StrictJson.parse(raw.getBytes(StandardCharsets.UTF_8)));
            return answer == null || !RekorEntry.isOf(answer.body(), leafHash)
                    ? "is not of what the store sent"
                    : answer.fault(this);
        } catch (StrictJson.JsonRefused malformed) {
            return "is not JSON";
        }
    }

    /** Whether answers can be verified at all. */
    boolean areKnown() {
        return !keys.isEmpty();
    }

    /** Whether the key of this id signed the message. @param logId as the answer names it */
    boolean verify(String logId, byte[] message, byte[] signature) {
        SubjectPublicKey key = keys.get(logId);
        return key != null && key.verify(message, signature);
    }

    /** The id that begins with these eight hex digits, or null. */
    @Nullable
    String idBeginningWith(String hint) {
        return keys.keySet().stream()
                .filter(id -> id.startsWith(hint))
                .findFirst()
                .orElse(null);
    }

    /** Where the keys came from, for sentences. */
    @Override
    public String toString() {
        return source;
    }
}
