package bulwark.facts.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.time.SettableClock;
import bulwark.web.ApiRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RotationTest {
    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(TestNode.START);

    /** Stands for the end of the process: nothing in the rotation may catch it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    @ParameterizedTest
    @EnumSource(KeyKind.class)
    void a_rotation_is_served_signed_logged_and_audited_at_once(KeyKind kind) throws IOException {
        try (TestNode node = TestNode.start(folder, clock)) {
            RotationResult answer = node.rotate(kind);

            PublishedIdentity published = node.identity().published();
            Manifest manifest = kind == KeyKind.NODE ? published.node() : published.issuer();
            assertThat(manifest.keyId()).isEqualTo(answer.newKeyId()).isNotEqualTo(answer.oldKeyId());
            assertThat(manifest.rotationEvents()).hasSize(1);
            assertThat(kind.ring(node.identity().keys()).signer().keyId()).isEqualTo(answer.newKeyId());
            assertThat(answer.dualTrust()).isEqualTo("2026-05-30T00:00:00.000000Z");
            assertThat(answer.manifestIndex()).isEqualTo(2);
            assertThat(answer.rotationIndex()).isEqualTo(3);
            assertThat(node.count("SELECT COUNT(*) FROM fact_audit_log WHERE event_type = 'key_rotation'"))
                    .isEqualTo(1);
            ManifestRules.check(manifest, null, node.signing());
        }
        List<String> lines = Files.readAllLines(folder.resolve("tl.jsonl"));
        assertThat(lines.getLast()).contains("\"manifest_log_index\":2").contains("key_rotation");
    }

    @Test
    void the_node_key_binds_the_issuer_manifest_anew_after_each_rotation() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Object before = node.identity().published().wire().get("issuer_manifest");
            node.rotate(KeyKind.ISSUER);
            Object afterIssuer = node.identity().published().wire().get("issuer_manifest");
            node.rotate(KeyKind.NODE);
            Object afterNode = node.identity().published().wire().get("issuer_manifest");
            assertThat(List.of(before, afterIssuer, afterNode)).doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @CsvSource({"announced,false", "stored,true", "promoted,true", "anchored,true"})
    void a_kill_after_any_step_leaves_a_node_that_starts_and_signs(String step, boolean committed) {
        String old;
        try (TestNode node = TestNode.start(folder, clock)) {
            old = node.identity().published().node().keyId();
            Rotation rotation = new Rotation(node.identity(), reached -> {
                if (reached.equals(step)) {
                    throw new Killed();
                }
            });
            assertThat(catchThrowable(() -> rotation.rotate(KeyKind.NODE, false, 90)))
                    .isInstanceOf(Killed.class);
        }
        try (TestNode node = TestNode.start(folder, clock)) {
            NodeIdentity identity = node.identity();
            String current = identity.keys().node().signer().keyId();
            assertThat(current.equals(old)).isEqualTo(!committed);
            assertThat(identity.published().node().keyId()).isEqualTo(current);
            assertThat(identity.keys().node().entries()).hasSize(committed ? 2 : 1);
            assertThat(node.settle()).isTrue();
            assertThat(identity.submitter().find(KeyRotation.logKey(current)).isPresent())
                    .isEqualTo(committed);
            RotationResult next = node.rotate(KeyKind.NODE);
            assertThat(next.oldKeyId()).isEqualTo(current);
        }
    }

    @Test
    void a_rotation_that_a_kill_interrupted_keeps_its_window() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Rotation rotation = new Rotation(node.identity(), reached -> {
                if (reached.equals("stored")) {
                    throw new Killed();
                }
            });
            assertThat(catchThrowable(() -> rotation.rotate(KeyKind.ISSUER, false, 100)))
                    .isInstanceOf(Killed.class);
        }
        clock.advance(Duration.ofDays(10));
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.identity().keys().issuer().entries())
                    .anySatisfy(entry ->
                            assertThat(entry.trustedUntil()).isEqualTo(TestNode.START.plus(Duration.ofDays(100))));
        }
    }

    @Test
    void a_dry_run_changes_nothing() throws IOException {
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.settle()).isTrue();
            PublishedIdentity before = node.identity().published();
            RotationResult answer = new Rotation(node.identity()).rotate(KeyKind.NODE, true, 90);
            assertThat(answer.newKeyId()).isNotEqualTo(answer.oldKeyId());
            assertThat(node.identity().published()).isSameAs(before);
            assertThat(node.identity().keys().node().entries()).hasSize(1);
            assertThat(node.count("SELECT COUNT(*) FROM key_rotations")).isZero();
        }
        assertThat(Files.readAllLines(folder.resolve("tl.jsonl"))).hasSize(2);
    }

    @Test
    void fewer_than_ninety_days_of_dual_trust_are_refused_in_the_documented_words() {
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThatThrownBy(() -> new Rotation(node.identity()).rotate(KeyKind.ISSUER, false, 30))
                    .isInstanceOf(ApiRefusal.class)
                    .hasMessage("dual_trust_days must be ≥ 90 (max token TTL §19.3.2); got 30");
        }
    }

    @Test
    void a_log_that_does_not_answer_refuses_before_anything_changes() {
        FlakyLog log = new FlakyLog(TransparencyLogs.local(folder.resolve("tl.jsonl"), clock));
        IdentitySettings settings = new IdentitySettings(TestNode.URL, Optional.empty(), Optional.empty());
        try (TestNode node = TestNode.start(folder, clock, settings, log)) {
            assertThat(node.settle()).isTrue();
            log.breakDown();
            for (boolean dryRun : new boolean[] {true, false}) {
                assertThatThrownBy(() -> new Rotation(node.identity()).rotate(KeyKind.NODE, dryRun, 90))
                        .isInstanceOf(ApiRefusal.class)
                        .hasMessage("transparency log unavailable: it is down");
            }
            assertThat(node.identity().keys().node().entries()).hasSize(1);
        }
    }

    @Test
    void a_log_that_fails_after_the_commit_leaves_the_entries_to_the_outbox() {
        FlakyLog log = new FlakyLog(TransparencyLogs.local(folder.resolve("tl.jsonl"), clock));
        IdentitySettings settings = new IdentitySettings(TestNode.URL, Optional.empty(), Optional.empty());
        try (TestNode node = TestNode.start(folder, clock, settings, log)) {
            assertThat(node.settle()).isTrue();
            Rotation rotation = new Rotation(
                    node.identity(),
                    reached -> {
                        if (reached.equals("announced")) {
                            log.breakDown();
                        }
                    },
                    Duration.ofMillis(200));
            RotationResult answer = rotation.rotate(KeyKind.NODE, false, 90);
            assertThat(answer.manifestIndex()).isNull();
            assertThat(RotationReport.text(answer)).contains("pending");
            log.recover();
            assertThat(node.settle()).isTrue();
            assertThat(node.identity().submitter().find(KeyRotation.logKey(answer.newKeyId())))
                    .isPresent();
        }
    }

    @Test
    void with_the_log_off_a_rotation_needs_none() {
        IdentitySettings settings = new IdentitySettings(TestNode.URL, Optional.empty(), Optional.empty());
        try (TestNode node = TestNode.start(folder, clock, settings, TransparencyLogs.off("STIGMEM_TL_BACKEND=off"))) {
            RotationResult answer = node.rotate(KeyKind.NODE);
            assertThat(answer.manifestIndex()).isNull();
            assertThat(RotationReport.text(answer)).contains("the log is off");
            assertThat(node.settle()).isTrue();
        }
    }

    @Test
    void a_store_older_than_its_ring_is_brought_up_to_the_rings_key() throws IOException {
        Path copy = folder.resolve("copy.db");
        String key;
        try (TestNode node = TestNode.start(folder, clock)) {
            node.store().copyTo(copy);
            key = node.rotate(KeyKind.NODE).newKeyId();
        }
        Files.deleteIfExists(folder.resolve("stigmem.db-wal"));
        Files.move(copy, folder.resolve("stigmem.db"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.identity().published().node().keyId()).isEqualTo(key);
            assertThat(node.identity().published().node().rotationEvents()).hasSize(1);
            assertThat(node.identity().warnings()).anyMatch(line -> line.contains("names the older key"));
        }
    }
}
