package bulwark.facts.identity;

import bulwark.facts.FactsAuditTables;
import bulwark.facts.chain.FactEvidence;
import bulwark.facts.node.FactsSchema;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.evidence.outbox.LogSubmitter;
import bulwark.kernel.evidence.outbox.Outbox;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.evidence.signer.StoreOpening;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.SqliteStore;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The part of a node that has an identity, on a real store, rings and log in one folder. */
public final class TestNode implements AutoCloseable {
    public static final String URL = "https://node.example";
    public static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final Signing SIGNING = Signing.fastest();

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Path folder;
    private final SettableClock clock;
    private final SqliteStore store;
    private final AuditLog audit;
    private final AuditLog federation;
    private final TransparencyLog log;
    private final NodeIdentity identity;
    private @Nullable HeadSigner heads;

    private TestNode(Path folder, SettableClock clock, IdentitySettings settings, TransparencyLog log) {
        this.folder = folder;
        this.clock = clock;
        this.log = log;
        store = Store.open(folder.resolve("stigmem.db"), FactsSchema.MIGRATIONS, Store.SchemaPolicy.CREATE_OR_UPGRADE);
        open.add(store);
        try {
            audit = AuditLog.open(store, FactsAuditTables.FACT_AUDIT_LOG, clock);
            open.add(audit);
            federation = AuditLog.open(store, FactsAuditTables.FEDERATION_AUDIT, clock);
            open.add(federation);
            open.add(log);
            Outbox outbox = Outbox.open(store, clock);
            open.add(outbox);
            NodeKeys keys = NodeKeys.open(store.file(), SIGNING, clock);
            LogSubmitter submitter = new LogSubmitter(
                    store, outbox, log, LogKeys.open(NodeKeys.directory(store.file()), SIGNING, clock));
            identity = NodeIdentity.start(store, audit, submitter, keys, SIGNING, clock, settings);
            outbox.start();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    public static TestNode start(Path folder, SettableClock clock) {
        return start(folder, clock, URL, Optional.empty(), Optional.empty());
    }

    static TestNode start(
            Path folder, SettableClock clock, String url, Optional<SecretBytes> node, Optional<SecretBytes> issuer) {
        TransparencyLog log = TransparencyLogs.local(folder.resolve("tl.jsonl"), clock);
        return start(folder, clock, new IdentitySettings(url, node, issuer), log);
    }

    static TestNode start(Path folder, SettableClock clock, IdentitySettings settings, TransparencyLog log) {
        return new TestNode(folder, clock, settings, log);
    }

    public static SecretBytes text(SecretBytes seed) {
        return SecretBytes.ofText(Base64Url.text(seed.expose(SecretAccess.grant())));
    }

    public NodeIdentity identity() {
        return identity;
    }

    public SqliteStore store() {
        return store;
    }

    public AuditLog audit() {
        return audit;
    }

    public AuditLog federation() {
        return federation;
    }

    public Signing signing() {
        return SIGNING;
    }

    public SettableClock clock() {
        return clock;
    }

    public Path logFile() {
        return folder.resolve("tl.jsonl");
    }

    TransparencyLog log() {
        return log;
    }

    /** Signs into the key folder alone, so that no leaf of its own stands among those of a test. */
    HeadSigner heads() {
        if (heads == null) {
            Path keyFolder = NodeKeys.directory(store.file());
            heads = StoreOpening.open(
                            store,
                            TransparencyLogs.off("test"),
                            FactEvidence.scope(keyFolder, null, null),
                            LogKeys.open(keyFolder, SIGNING, clock),
                            clock,
                            new StoreOpening.Acceptance("TEST_ACCEPT_EVIDENCE_LOSS", ""),
                            tx -> List.of(),
                            null)
                    .signer();
        }
        return heads;
    }

    public RotationResult rotate(KeyKind kind) {
        return new Rotation(identity).rotate(kind, false, 90);
    }

    public boolean settle() {
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> count("SELECT COUNT(*) FROM outbox WHERE done_at IS NULL") == 0);
        return true;
    }

    public long count(String sql) {
        return store.read(tx -> {
            try (ResultSet rows = tx.statement(sql).executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0L;
            }
        });
    }

    @Override
    public void close() {
        for (AutoCloseable part : open.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
