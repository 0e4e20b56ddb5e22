package bulwark.doctor.bundle;

import bulwark.doctor.report.ReportFile;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.evidence.tlog.CheckpointKeys;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A doctor's own key, made at its first use, and a log of its own in which its statements stand: both in its folder, outside of what it looks
 * at. The policy by which others judge its bundles lies beside them. For one process at a time.
 */
public final class PostureArchive implements AutoCloseable {
    private final Path folder;
    private final PostureSigner signer;
    private final DoctorSigner key;
    private final TransparencyLog own;
    private final LogKeys logKeys;

    private PostureArchive(Path folder, Clock clock) throws IOException {
        this.folder = folder;
        key = DoctorSigner.open(folder, clock);
        signer = new PostureSigner(key.name(), key.signer(), clock);
        own = TransparencyLogs.local(folder.resolve("posture.log.jsonl"), clock);
        logKeys = LogKeys.open(folder.resolve("log-key"), Signing.fastest(), clock);
    }

    /** @throws bulwark.kernel.secrets.KeyRefused when a key there must not be used */
    public static PostureArchive open(Path folder, Clock clock) throws IOException {
        return new PostureArchive(folder, clock);
    }

    /**
     * Signs what a visit saw and writes {@code posture-TIME.sigstore.json} and {@code posture-TIME.json}, the report, into a folder.
     *
     * @param report bytes of its JSON form, which becomes a subject
     * @param subjects further ones: names and SHA-256 in hex
     * @param log that keeps the statement, or null for the doctor's own
     * @return the bundle's file
     * @throws IOException when a file cannot be written; nothing half written has the name of a bundle then
     */
    public Path write(
            Path into,
            byte[] report,
            Map<String, String> subjects,
            PostureStatement.Visited visit,
            PostureStatement.Verdicts probes,
            PostureSigner.@Nullable Log log)
            throws IOException {
        OwnerOnlyFiles.createDirectories(into);
        String name = "posture-" + visit.finished().toString().replaceAll("[-:]|\\.[0-9]+", "");
        Map<String, String> all = new java.util.TreeMap<>(subjects);
        all.put("report.json", Digests.sha256Hex(report));
        PostureSigner.Signed signed =
                signer.sign(new PostureStatement(all, visit, probes), log == null ? this::keep : log);
        Path file = into.resolve(name + ".sigstore.json");
        ReportFile.create(into.resolve(name + ".json"), report);
        ReportFile.create(file, signed.bundle().json());
        writePolicy(signed.logKeys());
        return file;
    }

    private PostureSigner.Entry keep(Map<String, Object> entry, String digest) throws IOException {
        CheckpointKeys keys = logKeys.checkpointKeys();
        try {
            own.publishCheckpoint(keys);
            long index = own.append(new LogLeaf(entry, "dsse:" + digest)).logIndex();
            SignedNote note = own.publishCheckpoint(keys).orElseThrow();
            TlogProof proof = own.proof(index).orElseThrow();
            String origin = TlogCheckpoint.parse(note.text()).origin();
            return new PostureSigner.Entry(proof, keys.signer().apply(origin).keys());
        } catch (LogUnavailable | NoteRefused e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Once: keys that a policy holds are compared by hand, and never replaced behind its reader. */
    private void writePolicy(List<NoteKey> keys) throws IOException {
        String text = PosturePolicy.of(keys, signer.key(), key.created());
        if (!Files.exists(policyFile())) {
            OwnerOnlyFiles.write(policyFile(), text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What {@code bulwark verify} asks for; to be handed to those who verify, by another way than the bundles. */
    public Path policyFile() {
        return folder.resolve("policy");
    }

    @Override
    public void close() {
        own.close();
    }
}
