package bulwark.seats.evidence;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.LogKeys.Signature;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One link of a chain of evidence: what was about to be done, or what came of it. The hash is SHA-256 over the canonical bytes (RFC 8785; every
 * value is a text, an object or a list), which name the hash of the bundle before. Immutable.
 *
 * @param content with {@code schema}, {@code chain}, {@code number}, {@code prevHash}, {@code subject} and {@code action}
 * @param hash 64 digits
 * @param signature of the log key over chain, number and hash
 */
public record EvidenceBundle(JsonNode content, String hash, Signature signature) {
    public static final String SCHEMA = "csm-evidence/1";
    /** Hash before the first bundle. */
    static final String NONE = "0".repeat(64);

    private static final String PURPOSE = "csm-evidence-bundle-v1";

    /** @param more members beside those that make the chain; values are texts, objects and lists of them */
    static EvidenceBundle sign(
            LogKeys keys,
            String chain,
            long number,
            String prevHash,
            String subject,
            String action,
            Map<String, ?> more) {
        Map<String, Object> content = new LinkedHashMap<>(more);
        content.put("schema", SCHEMA);
        content.put("chain", chain);
        content.put("number", Long.toString(number));
        content.put("prevHash", prevHash);
        content.put("subject", subject);
        content.put("action", action);
        byte[] bytes = CanonicalJson.bytes(content);
        String hash = Digests.sha256Hex(bytes);
        return new EvidenceBundle(StrictJson.parse(bytes), hash, keys.sign(PURPOSE, statement(chain, number, hash)));
    }

    private static Map<String, Object> statement(String chain, long number, String hash) {
        Map<String, Object> statement = new LinkedHashMap<>();
        statement.put("chain", chain);
        statement.put("number", Long.toString(number));
        statement.put("hash", hash);
        return statement;
    }

    /** Content of the file: one line. */
    byte[] file() {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("bundle", content);
        file.put("hash", hash);
        file.put("keyId", signature.keyId());
        file.put("signature", signature.value());
        byte[] bytes = CanonicalJson.bytes(file);
        byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
        line[bytes.length] = '\n';
        return line;
    }

    /** Empty for bytes that no bundle was ever written as; its signature is not looked at. */
    static Optional<EvidenceBundle> read(byte[] file) {
        try {
            JsonNode json = StrictJson.parse(file);
            EvidenceBundle bundle = new EvidenceBundle(
                    json.path("bundle"),
                    json.path("hash").asString(""),
                    new Signature(
                            json.path("keyId").asString(""),
                            json.path("signature").asString("")));
            boolean whole = bundle.content.isObject()
                    && bundle.text("schema").equals(SCHEMA)
                    && bundle.text("number").matches("[1-9][0-9]{0,17}")
                    && Digests.sha256Hex(CanonicalJson.bytes(bundle.content)).equals(bundle.hash)
                    && Arrays.equals(bundle.file(), file);
            return whole ? Optional.of(bundle) : Optional.empty();
        } catch (StrictJson.JsonRefused | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Why the signature is not one of these keys, as the end of a sentence; null when it is. */
    @Nullable
    String fault(LogKeys keys) {
        return keys.fault(PURPOSE, statement(chain(), number(), hash), signature);
    }

    String text(String member) {
        return content.path(member).asString("");
    }

    public String chain() {
        return text("chain");
    }

    public long number() {
        return Long.parseLong(text("number"));
    }

    public String prevHash() {
        return text("prevHash");
    }

    /** What it is about: an intent, or a receipt of one. */
    public String subject() {
        return text("subject");
    }

    public String action() {
        return text("action");
    }
}
