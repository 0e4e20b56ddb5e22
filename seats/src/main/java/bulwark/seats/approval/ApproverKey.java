package bulwark.seats.approval;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.CompromisedSecrets;
import bulwark.kernel.keys.Ed25519SeedText;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.TextFields;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The key of one approver, in a file on that person's own machine. Never prints its secret. */
public final class ApproverKey {
    private static final String SCHEMA = "csm-approver-key/1";
    private static final int MAX_FILE_BYTES = 4_096;

    private final String person;
    private final Ed25519Signer signer;

    private ApproverKey(String person, Ed25519Signer signer) {
        this.person = person;
        this.signer = signer;
    }

    /**
     * Makes a key and its file (0600), durably.
     *
     * @throws java.nio.file.FileAlreadyExistsException rather than replace a key
     */
    public static ApproverKey create(Path file, String person, Signing signing) throws IOException {
        SecretBytes seed = signing.random32();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("person", person);
        json.put("seed", Ed25519SeedText.text(seed).exposeText(SecretAccess.grant()));
        try (FileChannel channel = OwnerOnlyFiles.createNew(file);
                OutputStream out = Channels.newOutputStream(channel)) {
            out.write(StrictJson.write(json));
            channel.force(true);
        }
        OwnerOnlyFiles.syncFolder(file);
        return new ApproverKey(person, signing.signer(seed));
    }

    /** @throws KeyRefused when the file is exposed to others, malformed, or its key was published */
    public static ApproverKey open(Path file, Signing signing) throws IOException {
        OwnerOnlyFiles.check(file);
        if (Files.size(file) > MAX_FILE_BYTES) {
            throw new KeyRefused(file + " is larger than a key file can be");
        }
        List<String> faults = new ArrayList<>();
        JsonFields json;
        try {
            json = JsonFields.of(StrictJson.parse(Files.readAllBytes(file)), "", faults);
        } catch (StrictJson.JsonRefused e) {
            throw new KeyRefused(file + " is no key of an approver: " + e.getMessage());
        }
        TextFields fields = new TextFields(json);
        fields.exactly("schema", SCHEMA);
        String person = fields.name("person");
        SecretBytes text = SecretBytes.ofText(json.text("seed", 100));
        fields.end();
        if (!faults.isEmpty()) {
            throw new KeyRefused(file + " is no key of an approver: " + String.join("; ", faults));
        }
        SecretBytes seed = Ed25519SeedText.parse(file + " (seed)", text);
        if (CompromisedSecrets.contains(seed)) {
            throw new KeyRefused(file + " holds a key that was published: make a fresh one");
        }
        return new ApproverKey(person, signing.signer(seed));
    }

    public String person() {
        return person;
    }

    /** Base64url of 32 bytes. */
    public String publicKey() {
        return Base64Url.text(signer.publicKey());
    }

    /** The entry of this key for the list of approvers. */
    public Map<String, Object> listEntry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("person", person);
        entry.put("publicKey", publicKey());
        return entry;
    }

    /**
     * Signs an approval or rejection of exactly this plan.
     *
     * @param validity how long it counts; never longer than the plan
     */
    public Approval decide(Plan plan, boolean approve, Duration validity, Clock clock) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant end = now.plus(validity);
        return Approval.sign(
                plan.digest(),
                approve ? Approval.APPROVE : Approval.REJECT,
                person,
                signer,
                now,
                end.isAfter(plan.expiresAt()) ? plan.expiresAt() : end);
    }

    /** Signs an approval of anything else that has a digest of its own domain. */
    public Approval approve(PlanDigest digest, Duration validity, Clock clock) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        return Approval.sign(digest, Approval.APPROVE, person, signer, now, now.plus(validity));
    }

    @Override
    public String toString() {
        return "key of " + person;
    }
}
