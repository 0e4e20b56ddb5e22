package bulwark.facts.export;

import bulwark.facts.identity.Base64Url;
import bulwark.facts.identity.SignedTime;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Ed25519Verifier;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The signed last line of an export: what the file holds, and which export came before it. Members: {@code kind}, {@code
 * version}, {@code table}, {@code since_seq}, {@code first_seq}, {@code last_seq} (0 when empty), {@code rows}, {@code
 * content_hash} (SHA-256 of all bytes before this line), {@code previous_export} (SHA-256 of the former footer line, or
 * null), {@code head_row_hash}, {@code created_at}, {@code key_id}, {@code signature}.
 */
final class ExportFooter {
    static final String KIND = "bulwark.audit_export_footer";

    private final Map<String, @Nullable Object> members;

    private ExportFooter(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    /** @param members all but the signature, the kind and the version */
    static ExportFooter sign(Map<String, @Nullable Object> members, Ed25519Signer key) {
        Map<String, @Nullable Object> complete = new LinkedHashMap<>(members);
        complete.put("kind", KIND);
        complete.put("version", 1L);
        complete.put("key_id", key.keyId());
        complete.put("signature", Base64Url.text(key.sign(CanonicalJson.bytes(complete))));
        return new ExportFooter(complete);
    }

    static ExportFooter of(Map<String, @Nullable Object> members) {
        return new ExportFooter(members);
    }

    boolean signedBy(Ed25519Verifier key) {
        Map<String, @Nullable Object> unsigned = new LinkedHashMap<>(members);
        unsigned.remove("signature");
        Optional<byte[]> signature = Base64Url.exactly(64, text("signature"));
        return signature.isPresent() && key.verify(CanonicalJson.bytes(unsigned), signature.get());
    }

    String text(String member) {
        return members.get(member) instanceof String text ? text : "";
    }

    /** When it was signed, by the signer's own word; the end of time when it names no time. */
    Instant createdAt() {
        return SignedTime.parse(text("created_at"));
    }

    /** -1 when it is not a whole number. */
    long number(String member) {
        return members.get(member) instanceof Number number ? number.longValue() : -1;
    }

    /** The line without its line end. */
    byte[] line() {
        return CanonicalJson.bytes(members);
    }

    /** What the next export names as its predecessor. */
    String hash() {
        return Digests.sha256Hex(line());
    }

    Map<String, @Nullable Object> members() {
        return members;
    }
}
