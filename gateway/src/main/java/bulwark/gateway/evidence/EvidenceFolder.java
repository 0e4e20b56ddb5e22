package bulwark.gateway.evidence;

import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.journal.JournalExport;
import bulwark.kernel.evidence.journal.JournalExportVerifier;
import bulwark.kernel.evidence.store.AuditedStore.Layout;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The evidence in the state folder of a gateway, read beside the gateway that writes it. Thread-safe.
 *
 * @param store file of the gateway's store, which need not be there for what is only read from the journal
 */
public record EvidenceFolder(Path store) {
    private static final int KEY_BYTES = 32;

    /** What keeps evidence from being read; the message is a sentence. */
    public static final class EvidenceRefused extends OperatorError {
        private static final long serialVersionUID = 1;

        EvidenceRefused(String message) {
            super(ExitCode.FAILED, message);
        }
    }

    public List<RecordedDecision> query(DecisionQuery query) throws IOException {
        return query.run(Layout.journalFolder(store));
    }

    /** For an id that callers choose. */
    public DecisionQuery.Oldest oldest(DecisionQuery query) throws IOException {
        return query.oldest(Layout.journalFolder(store));
    }

    /**
     * Writes the records of one tenant as JSON lines that prove themselves and show nothing of another tenant.
     *
     * @return number of records
     */
    public long export(String tenant, Instant since, Instant until, OutputStream out) throws IOException {
        Optional<String> storeId = StoreCheck.storeIdOf(Layout.keyFolder(store));
        if (storeId.isEmpty()) {
            throw new EvidenceRefused("No gateway has run with " + store
                    + " yet: STOA_STATE_DIR names the folder of the gateway whose evidence is meant.");
        }
        Map<String, String> about = Map.of("tenant", tenant, "since", since.toString(), "until", until.toString());
        JournalExport export = new JournalExport(Layout.journalFolder(store), Layout.logFile(store), storeId.get());
        return export.write(new JournalExport.Selection(about, since, until, record -> isOf(record, tenant)), out);
    }

    private static boolean isOf(byte[] record, String tenant) {
        return RecordedDecision.parse(0, record)
                .filter(decision -> decision.text("tenant").equals(tenant))
                .isPresent();
    }

    /** The log key that signs now, for those who verify elsewhere; base64url. */
    public String publicKey() {
        return Base64Url.text(LogKeys.verifyOnly(Layout.keyFolder(store), Signing.fastest())
                .current()
                .publicKey());
    }

    /**
     * Checks an export offline.
     *
     * @param key a base64url public log key, or a folder that holds the public log keys
     */
    public static JournalExportVerifier.Report verify(InputStream export, String key, Path directory)
            throws IOException {
        Signing signing = Signing.fastest();
        Optional<byte[]> single = Base64Url.exactly(KEY_BYTES, key);
        Path folder = directory.resolve(key);
        if (single.isEmpty() && !Files.isDirectory(folder)) {
            throw new EvidenceRefused("--key takes a base64url public key of 32 bytes, or the folder with the gateway's"
                    + " log keys (gateway.db.keys) or a copy of it.");
        }
        LogKeys keys = single.isPresent() ? LogKeys.of(single.get(), signing) : LogKeys.verifyOnly(folder, signing);
        return JournalExportVerifier.verify(export, keys);
    }
}
