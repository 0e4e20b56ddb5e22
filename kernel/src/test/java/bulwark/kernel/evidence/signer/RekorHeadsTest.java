package bulwark.kernel.evidence.signer;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.ChainTable;
import bulwark.kernel.evidence.audit.TestAudit;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.RekorService;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Signed heads in a Rekor service are read back by the re-scan. */
@Timeout(60)
class RekorHeadsTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final SettableClock CLOCK = new SettableClock(Instant.parse("2026-05-01T12:00:00Z"));
    private static final Migrations SCHEMA =
            new Migrations(List.of("db/kernel/V010__store_heads.sql")).and(TestAudit.MIGRATION);

    @TempDir
    Path folder;

    private RekorService service;
    private TransparencyLog log;
    private Store store;
    private AuditLog audit;
    private HeadSigner heads;

    @BeforeEach
    void signedHeadsInTheService() throws Exception {
        service = new RekorService(CLOCK.instant().getEpochSecond());
        Ed25519Signer signer = SIGNING.signer(SecretBytes.ofText("0123456789abcdef0123456789abcdef"));
        log = TransparencyLogs.rekor(URI.create("http://127.0.0.1:" + service.port()), () -> signer, CLOCK);
        store = Store.open(folder.resolve("s.db"), SCHEMA, Store.SchemaPolicy.CREATE_OR_UPGRADE);
        audit = AuditLog.open(store, TestAudit.TABLE, CLOCK);
        EvidenceScope scope = new EvidenceScope(
                folder.resolve("s.db.keys"), null, null, List.of(ChainTable.audit(TestAudit.TABLE)), List.of());
        heads = StoreOpening.open(
                        store,
                        log,
                        scope,
                        LogKeys.open(scope.keyFolder(), SIGNING, CLOCK),
                        CLOCK,
                        new StoreOpening.Acceptance("TEST_ACCEPT", ""),
                        tx -> List.of(),
                        audit)
                .signer();
        store.write(tx -> audit.append(tx, new AuditEvent("done", "agent:a", "default", "x", null, Map.of())));
        assertThat(heads.signNow()).isTrue();
    }

    @AfterEach
    void close() {
        heads.close();
        audit.close();
        store.close();
        log.close();
        service.close();
    }

    @Test
    void heads_that_the_service_still_holds_are_no_finding() {
        assertThat(heads.recheck()).isEmpty();
        assertThat(heads.problem()).isNull();
    }

    @Test
    void heads_that_the_service_lost_are_found_and_health_is_red() {
        service.loseEntries();

        heads.recheck();

        assertThat(heads.problem()).contains("does not hold leaf 0 of this store at index 0");
    }

    @Test
    void a_service_that_does_not_answer_is_no_finding() {
        service.close();

        heads.recheck();

        assertThat(heads.problem()).isNull();
    }
}
