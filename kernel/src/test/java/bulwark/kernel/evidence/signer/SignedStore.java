package bulwark.kernel.evidence.signer;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.ChainTable;
import bulwark.kernel.evidence.audit.TestAudit;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.StoreCheck;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A store with one audit table, its key folder, log and second place, all real files; can be closed and opened again. */
final class SignedStore implements AutoCloseable {
    static final String SETTING = "TEST_ACCEPT_EVIDENCE_LOSS";
    private static final Signing SIGNING = Signing.fastest();
    private static final Migrations SCHEMA = new Migrations(
                    List.of("db/kernel/V001__outbox.sql", "db/kernel/V010__store_heads.sql"))
            .and(TestAudit.MIGRATION);

    final Path folder;
    final Path file;
    final Path logFile;
    final SettableClock clock = new SettableClock(Instant.parse("2026-05-01T12:00:00Z"));
    final EvidenceScope scope;

    @Nullable
    Store store;

    @Nullable
    AuditLog audit;

    @Nullable
    HeadSigner signer;

    List<String> acceptedLoss = List.of();
    private @Nullable TransparencyLog log;

    SignedStore(Path folder, @Nullable Path secondPlace) {
        this.folder = folder;
        file = folder.resolve("s.db");
        logFile = folder.resolve("tl.jsonl");
        scope = new EvidenceScope(
                folder.resolve("s.db.keys"),
                ConfiguredPath.unnamed(logFile),
                secondPlace == null ? null : ConfiguredPath.unnamed(secondPlace),
                List.of(ChainTable.audit(TestAudit.TABLE)),
                List.of());
    }

    SignedStore open() {
        return open("");
    }

    SignedStore open(String accepted) {
        Store opened = Store.open(file, SCHEMA, Store.SchemaPolicy.CREATE_OR_UPGRADE);
        store = opened;
        audit = AuditLog.open(opened, TestAudit.TABLE, clock);
        log = TransparencyLogs.local(logFile, clock);
        try {
            StoreOpening.Opened result = StoreOpening.open(
                    opened,
                    log,
                    scope,
                    LogKeys.open(scope.keyFolder(), SIGNING, clock),
                    clock,
                    new StoreOpening.Acceptance(SETTING, accepted),
                    tx -> List.of(),
                    audit);
            signer = result.signer();
            acceptedLoss = result.acceptedLoss();
            signer.expect("test_audit", audit::written);
            return this;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    void rows(int count) {
        for (int i = 0; i < count; i++) {
            store.write(tx -> audit.append(
                    tx, new AuditEvent("fact_write", "agent:a", "default", "fact", "source", Map.of("n", 1))));
        }
    }

    /** As fsck does: with public keys only, on a connection that can only read. */
    List<String> fsck() {
        return store.read(tx -> StoreCheck.whole(scope, SIGNING, tx));
    }

    /** Edits the file as somebody would who holds it, with every trigger gone. */
    void plant(String... statements) {
        for (String trigger : List.of("no_update", "no_delete", "in_order")) {
            plantKeepingTriggers("DROP TRIGGER IF EXISTS test_audit_" + trigger);
        }
        plantKeepingTriggers(statements);
    }

    void plantKeepingTriggers(String... statements) {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement sql = raw.createStatement()) {
            sql.execute("PRAGMA busy_timeout = 5000");
            for (String statement : statements) {
                sql.execute(statement);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (signer != null) {
            signer.close();
            signer = null;
        }
        if (audit != null) {
            audit.close();
            audit = null;
        }
        if (store != null) {
            store.close();
            store = null;
        }
        if (log != null) {
            log.close();
        }
    }
}
