package bulwark.tasks.events;

import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.export.AuditExport;
import bulwark.kernel.evidence.export.ExportKeys;
import bulwark.kernel.evidence.export.ExportRefused;
import bulwark.kernel.evidence.export.FileExportHistory;
import bulwark.kernel.evidence.export.LogKeyFooters;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreAtRest;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signed exports of the evidence in one file. The file is only read, whether its worker runs or not: what was exported is remembered in
 * its key folder, and its log key signs. Nothing is exported that is not whole.
 */
public final class EvidenceExport {
    private final Path file;
    private final EvidenceScope scope;
    private final Clock clock;

    /** @param file {@code evidence-N.db} @param headFolder folder of the second place, or null */
    public EvidenceExport(Path file, @Nullable Path headFolder, Clock clock) {
        this.file = file;
        this.scope = TaskEvidence.scope(file, headFolder);
        this.clock = clock;
    }

    /** @param publicKey of the log key that signed, base64url: what a verifier needs */
    public record Exported(AuditExport.Exported export, String publicKey) {}

    /**
     * @param sinceSeq rows after this position; 0 means from the start
     * @param out a new file, made with mode 0600
     * @throws ExportRefused when the evidence is not whole, another export is under way, or the file cannot be written
     * @throws bulwark.kernel.storage.StoreRefused when there is no such evidence
     * @throws bulwark.kernel.secrets.KeyRefused when its log key must not be used
     */
    public Exported export(long sinceSeq, Path out) {
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(file)) {
            String storeId = storeId();
            refuseUnlessWhole(store);
            LogKeys keys = LogKeys.open(scope.keyFolder(), Signing.fastest(), clock);
            try (FileExportHistory history =
                    FileExportHistory.open(scope.keyFolder().resolve("exports.json"))) {
                AuditExport export = new AuditExport(
                        store, List.of(), Map.of("store_id", storeId), new LogKeyFooters(keys), history, clock);
                return new Exported(
                        export.export(TaskEvidence.layoutOf(store).audit(), sinceSeq, out),
                        Base64Url.text(keys.current().publicKey()));
            }
        }
    }

    /** What is signed here was checked. */
    private void refuseUnlessWhole(StoreAtRest store) {
        LogKeys keys = LogKeys.verifyOnly(scope.keyFolder(), Signing.fastest());
        if (keys.entries().isEmpty()) {
            // To open the keys of a folder without any would make one, and nothing vouches for that.
            throw new ExportRefused(scope.keyFolder() + " holds no log key: restore it from a backup, or start the"
                    + " worker whose evidence this is, which makes one.");
        }
        List<String> problems = new ArrayList<>(store.read(tx -> StoreCheck.whole(scope, keys, tx)));
        AuditTable table = TaskEvidence.layoutOf(store).audit();
        problems.addAll(store.read(tx -> AuditLog.fsckTable(tx, table)));
        if (!problems.isEmpty()) {
            throw new ExportRefused(file + " is not whole and is not exported: "
                    + problems.getFirst().replaceFirst("\\.$", "") + ". Run stem fsck, which lists all that it finds.");
        }
    }

    private String storeId() {
        try {
            return StoreCheck.storeIdOf(scope.keyFolder()).orElse("");
        } catch (IOException e) {
            throw new ExportRefused(String.valueOf(e.getMessage()));
        }
    }

    /**
     * What exports are verified with.
     *
     * @param argument the public half of the log key, base64url, or a key folder, whose former keys count for their time
     * @param directory what a relative path of the folder is read against
     * @throws ExportRefused when it is neither
     */
    public static ExportKeys keys(String argument, Path directory) {
        Signing signing = Signing.fastest();
        Optional<byte[]> key = Base64Url.exactly(32, argument);
        LogKeys keys = key.isPresent()
                ? LogKeys.of(key.get(), signing)
                : LogKeys.verifyOnly(directory.resolve(folder(argument)), signing);
        if (keys.entries().isEmpty()) {
            throw new ExportRefused("--key takes a base64url public key of 32 bytes, or the key folder of the evidence"
                    + " (evidence-N.db.keys) or a copy of it.");
        }
        return new LogKeyFooters(keys);
    }

    private static Path folder(String argument) {
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            throw new ExportRefused("--key is not a path: " + e.getMessage());
        }
    }
}
