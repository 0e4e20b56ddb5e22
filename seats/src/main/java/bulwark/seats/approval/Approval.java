package bulwark.seats.approval;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.TextFields;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * The word of one person about one plan, signed with that person's own key (Ed25519, over {@value #DOMAIN}, a zero byte and the canonical bytes of all other members). Immutable; not verified by itself.
 *
 * @param decision approve or reject
 * @param person name in the list of approvers
 * @param publicKey base64url of 32 bytes
 * @param signature base64url of 64 bytes
 */
public record Approval(
        PlanDigest plan,
        String decision,
        String person,
        String publicKey,
        Instant createdAt,
        Instant expiresAt,
        String signature) {
    public static final String APPROVE = "approve";
    public static final String REJECT = "reject";
    public static final String SCHEMA = "csm-approval/1";
    /** So that no signature of an approver's key about anything else is an approval. */
    public static final String DOMAIN = "csm-approval-v1";

    public static final int MAX_BYTES = 2_048;
    private static final int KEY_BYTES = 32;
    private static final int SIGNATURE_BYTES = 64;
    static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    static Approval sign(
            PlanDigest plan, String decision, String person, Ed25519Signer key, Instant createdAt, Instant expiresAt) {
        String publicKey = Base64Url.text(key.publicKey());
        Approval unsigned = new Approval(plan, decision, person, publicKey, createdAt, expiresAt, "");
        return new Approval(
                plan, decision, person, publicKey, createdAt, expiresAt, Base64Url.text(key.sign(unsigned.message())));
    }

    public boolean isRejection() {
        return decision.equals(REJECT);
    }

    /** Whether the key that it names signed it. */
    public boolean isGenuine(Signing signing) {
        Optional<byte[]> key = Base64Url.bytes(publicKey).filter(bytes -> bytes.length == KEY_BYTES);
        Optional<byte[]> signed = Base64Url.bytes(signature).filter(bytes -> bytes.length == SIGNATURE_BYTES);
        return key.isPresent() && signed.isPresent() && signing.verify(key.get(), message(), signed.get());
    }

    private byte[] message() {
        Map<String, Object> json = json();
        json.remove("signature");
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(DOMAIN.getBytes(StandardCharsets.US_ASCII));
        message.write(0);
        message.writeBytes(CanonicalJson.bytes(json));
        return message.toByteArray();
    }

    /** As it stands in a file and in a request to the signer. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("plan", plan.text());
        json.put("decision", decision);
        json.put("person", person);
        json.put("publicKey", publicKey);
        json.put("createdAt", createdAt.toString());
        json.put("expiresAt", expiresAt.toString());
        json.put("signature", signature);
        return json;
    }

    /** @throws ApprovalRefused with code {@code APPROVAL_MALFORMED} naming the fields that are wrong */
    public static Approval read(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw malformed("an approval has at most " + MAX_BYTES + " bytes");
        }
        try {
            return read(StrictJson.parse(utf8));
        } catch (StrictJson.JsonRefused e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    /** As {@link #read(byte[])}. */
    public static Approval read(JsonNode document) {
        List<String> faults = new ArrayList<>();
        JsonFields json = JsonFields.of(document, "", faults);
        TextFields fields = new TextFields(json);
        fields.exactly("schema", SCHEMA);
        String plan = json.text("plan", 64, text -> PlanDigest.parse(text).isPresent(), "must be a digest of a plan");
        String decision = fields.word("decision", APPROVE, REJECT);
        String person = fields.name("person");
        String key = token(json, "publicKey");
        Instant created = fields.time("createdAt");
        Instant expires = fields.time("expiresAt");
        String signature = token(json, "signature");
        fields.end();
        if (!faults.isEmpty()) {
            throw malformed(String.join("; ", faults));
        }
        return new Approval(new PlanDigest(plan), decision, person, key, created, expires, signature);
    }

    private static String token(JsonFields fields, String field) {
        return fields.text(field, 100, text -> TOKEN.matcher(text).matches(), "must be base64url without padding");
    }

    private static ApprovalRefused malformed(String sentence) {
        return new ApprovalRefused("APPROVAL_MALFORMED", sentence);
    }
}
