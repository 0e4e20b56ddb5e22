package bulwark.kernel.evidence.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.ChainTable;
import bulwark.kernel.evidence.audit.TestAudit;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.RekorKeys;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import bulwark.testkit.RekorServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
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

    private RekorServer service;
    private TransparencyLog log;
    private Store store;
    private AuditLog audit;
    private HeadSigner heads;
    private EvidenceScope scope;

    @BeforeEach
    void signedHeadsInTheService() throws Exception {
        service = new RekorServer(CLOCK.instant().getEpochSecond());
        store = Store.open(folder.resolve("s.db"), SCHEMA, Store.SchemaPolicy.CREATE_OR_UPGRADE);
        audit = AuditLog.open(store, TestAudit.TABLE, CLOCK);
        scope = new EvidenceScope(
                folder.resolve("s.db.keys"), null, null, List.of(ChainTable.audit(TestAudit.TABLE)), List.of());
        start("");
        write();
        assertThat(heads.signNow()).isTrue();
    }

    private void write() {
        store.write(tx -> audit.append(tx, new AuditEvent("done", "agent:a", "default", "x", null, Map.of())));
    }

    private void start(String accepted) {
        Ed25519Signer signer = SIGNING.signer(SecretBytes.ofText("0123456789abcdef0123456789abcdef"));
        log = TransparencyLogs.rekor(address(), keys(), scope.keyFolder(), () -> signer, CLOCK);
        heads = StoreOpening.open(
                        store,
                        log,
                        scope,
                        LogKeys.open(scope.keyFolder(), SIGNING, CLOCK),
                        CLOCK,
                        new StoreOpening.Acceptance("TEST_ACCEPT", accepted),
                        tx -> List.of(),
                        audit)
                .signer();
    }

    private RekorKeys keys() {
        try {
            Path file = Files.writeString(folder.resolve("rekor.pem"), service.publicKeyPem());
            return RekorKeys.read(new ConfiguredPath(file, "TEST_KEY"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + service.port());
    }

    private void stop() {
        heads.close();
        log.close();
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

        assertThat(heads.problem())
                .contains("asked for leaf 0 of this store, does not hold what was written at index 0");
    }

    @Test
    void a_service_that_does_not_answer_is_no_finding() {
        service.close();

        heads.recheck();

        assertThat(heads.problem()).isNull();
    }

    @Test
    void heads_that_the_service_lost_refuse_the_next_start_until_the_owner_accepts_it() {
        assertThat(heads.recheck()).isEmpty();
        stop();
        service.loseEntries();

        String refusal = catchThrowable(() -> start("")).getMessage();

        assertThat(refusal).contains("does not hold what was written at index 0", "TEST_ACCEPT=");
        start(refusal.replaceFirst(".*TEST_ACCEPT=([0-9a-f]{12}).*", "$1"));
        assertThat(heads.recheck()).isEmpty();
        assertThat(heads.problem()).isNull();
        stop();
        start("");
    }

    @Test
    void a_service_that_rolled_back_others_entries_is_found_at_the_next_start() throws Exception {
        log.append(new LogLeaf(Map.of("kind", "of somebody else"), "other"));
        assertThat(heads.recheck()).isEmpty();
        stop();
        service.rollBackTo(1);

        assertThatThrownBy(() -> start("")).hasMessageContaining("was rolled back or rewritten");
    }

    @Test
    void a_forged_service_is_found_by_the_running_process() {
        service.beForged();

        heads.recheck();

        assertThat(heads.problem()).contains("signedEntryTimestamp that no key in");
    }

    @Test
    void a_service_that_is_silent_at_the_start_keeps_nothing_from_starting() throws Exception {
        stop();
        service.close();

        start("");

        assertThat(heads.problem()).isNull();
        assertThatThrownBy(heads::checkLog).hasMessageContaining("cannot be reached");
    }
}
