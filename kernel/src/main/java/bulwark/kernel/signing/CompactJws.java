package bulwark.kernel.signing;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictJson.JsonRefused;
import bulwark.kernel.signing.JoseRefused.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The compact form of a signed object (RFC 7515 §3.1), taken apart and not yet believed: {@code header.payload.signature}, each part canonical base64url without padding, the
 * header strict JSON. No member of the header that names or bears a key or certificate is ever looked at here, and a header with {@code crit} is refused, because no extension
 * is understood. Immutable.
 *
 * @param payload bytes as they were signed
 * @param signingInput ASCII of the first two parts
 */
@SuppressWarnings("ArrayRecordComponent")
public record CompactJws(JsonNode header, byte[] payload, byte[] signingInput, byte[] signature) {
    /** Of the whole text, in characters. */
    public static final int MAX_LENGTH = 16_384;

    private static final int MAX_HEADER = 4_096;

    /** @throws JoseRefused for anything else */
    public static CompactJws parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw malformed("it is longer than " + MAX_LENGTH + " characters");
        }
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first <= 0 || second <= first + 1 || second == text.length() - 1 || text.indexOf('.', second + 1) >= 0) {
            throw malformed("it has not three parts");
        }
        if (first > MAX_HEADER) {
            throw malformed("its header is too long");
        }
        JsonNode header = object(bytes(text, 0, first));
        if (header.has("crit")) {
            throw new JoseRefused(Reason.CRITICAL_HEADER, "its header asks for extensions that are not understood");
        }
        return new CompactJws(
                header,
                bytes(text, first + 1, second),
                text.substring(0, second).getBytes(StandardCharsets.US_ASCII),
                bytes(text, second + 1, text.length()));
    }

    /** Signs with {@code EdDSA}. @param header without {@code alg}, which stands first */
    public static String sign(Map<String, String> header, byte[] payload, Ed25519Signer signer) {
        java.util.LinkedHashMap<String, String> members = new java.util.LinkedHashMap<>();
        members.put("alg", JwsAlgorithm.EDDSA.wireName());
        members.putAll(header);
        String input = Base64Url.text(StrictJson.write(members)) + "." + Base64Url.text(payload);
        return input + "." + Base64Url.text(signer.sign(input.getBytes(StandardCharsets.US_ASCII)));
    }

    /** @throws JoseRefused when {@code alg} is absent or none that is verified here */
    public JwsAlgorithm algorithm() {
        String name = text("alg");
        return JwsAlgorithm.named(name == null ? "" : name)
                .orElseThrow(() -> new JoseRefused(Reason.ALGORITHM, "its algorithm is not allowed"));
    }

    /** A text of the header; null when absent. @throws JoseRefused when it is no text */
    public @Nullable String text(String member) {
        JsonNode value = header.get(member);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            throw malformed("a member of its header has the wrong type");
        }
        return value.stringValue();
    }

    /** The payload as a JSON object. @throws JoseRefused when it is none */
    public JsonNode claims() {
        return object(payload);
    }

    private static JsonNode object(byte[] json) {
        try {
            JsonNode node = StrictJson.parse(json);
            if (node.isObject()) {
                return node;
            }
        } catch (JsonRefused e) {
            throw malformed("it is not strict JSON");
        }
        throw malformed("it is no JSON object");
    }

    private static byte[] bytes(String text, int from, int to) {
        byte[] ascii = text.substring(from, to).getBytes(StandardCharsets.ISO_8859_1);
        int rest = ascii.length % 4;
        if (rest == 1 || ascii[ascii.length - 1] == '=') {
            throw malformed("it is not base64url without padding");
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(ascii);
            // Bits that no byte takes must be zero, or one token would have several texts.
            if (rest != 0 && !isCanonical(bytes, ascii, rest)) {
                throw malformed("it is not canonical base64url");
            }
            return bytes;
        } catch (IllegalArgumentException e) {
            throw malformed("it is not base64url");
        }
    }

    private static boolean isCanonical(byte[] bytes, byte[] ascii, int rest) {
        byte[] tail = Arrays.copyOfRange(bytes, bytes.length - (rest - 1), bytes.length);
        byte[] text = Base64.getUrlEncoder().withoutPadding().encode(tail);
        return Arrays.equals(text, 0, rest, ascii, ascii.length - rest, ascii.length);
    }

    private static JoseRefused malformed(String phrase) {
        return new JoseRefused(Reason.MALFORMED, phrase);
    }
}
