package bulwark.kernel.evidence.export;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.time.SignedTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The signed last line of an export: what the file holds, and which export came before it. Members: {@code kind}, {@code
 * version}, {@code table}, {@code since_seq}, {@code first_seq}, {@code last_seq} (0 when empty), {@code rows}, {@code
 * content_hash} (SHA-256 of all bytes before this line), {@code previous_export} (SHA-256 of the former footer line, or
 * null), {@code head_row_hash}, {@code created_at}, {@code key_id}, {@code signature}.
 */
public final class ExportFooter {
    static final String KIND = "bulwark.audit_export_footer";

    private final Map<String, @Nullable Object> members;

    private ExportFooter(Map<String, @Nullable Object> members) {
        this.members = members;
    }

    /** @param members all but the kind, the version and what the signer adds */
    static ExportFooter sign(Map<String, @Nullable Object> members, ExportSigner signer) {
        Map<String, @Nullable Object> complete = new LinkedHashMap<>(members);
        complete.put("kind", KIND);
        complete.put("version", 1L);
        return new ExportFooter(signer.sign(complete));
    }

    static ExportFooter of(Map<String, @Nullable Object> members) {
        return new ExportFooter(members);
    }

    /** Empty when it is not a text. */
    public String text(String member) {
        return members.get(member) instanceof String text ? text : "";
    }

    /** When it was signed, by the signer's own word; the end of time when it names no time. */
    public Instant createdAt() {
        return SignedTime.parse(text("created_at"));
    }

    /** -1 when it is not a whole number. */
    public long number(String member) {
        return members.get(member) instanceof Number number ? number.longValue() : -1;
    }

    /** The line without its line end. */
    public byte[] line() {
        return CanonicalJson.bytes(members);
    }

    /** What the next export names as its predecessor. */
    public String hash() {
        return Digests.sha256Hex(line());
    }

    /** All of them, the signature too. */
    public Map<String, @Nullable Object> members() {
        return members;
    }
}
