package bulwark.facts.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.identity.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a restore refuses, loses and says before it acts. */
@Timeout(60)
class SnapshotRestoreTest extends SnapshotTestBase {
    private Path checkpoint(long covered, String chainHash) throws IOException {
        String line =
                "{\"index\":0,\"ts\":1,\"leaf_hash\":\"x\",\"prev_hash\":\"x\",\"chain_hash\":\"x\",\"payload\":{\"kind\":\"stigmem.fact_chain_checkpoint\","
                        + "\"tenant_id\":\"default\",\"covered_chain_seq\":" + covered + ",\"chain_hash\":\""
                        + chainHash
                        + "\"}}\n";
        return Files.writeString(elsewhere.resolve("log.jsonl"), line);
    }

    @Test
    void restoring_over_a_running_node_is_refused() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Path file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            assertThatThrownBy(() ->
                            restored(file, node.store().file(), trusting(node), null, RestoreAcceptance.nothing()))
                    .isInstanceOf(SnapshotRefused.class)
                    .hasMessageContaining("running node");
        }
    }

    @Test
    void a_restored_store_is_the_copied_one_and_the_former_is_kept() {
        Path file;
        SnapshotTrust trust;
        try (TestNode node = TestNode.start(folder, clock)) {
            facts(node, 1, 2);
            file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            facts(node, 3, 5);
            trust = trusting(node);
        }
        Path database = folder.resolve("stigmem.db");
        assertThatThrownBy(() -> restored(file, database, trust, null, RestoreAcceptance.nothing()))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("3 fact(s) of the present store would be lost")
                .hasMessageContaining("--lose-facts 3 --lose-audit-rows 1");
        assertThatThrownBy(() -> restored(file, database, trust, null, losing(2, 1)))
                .as("a count that is not the present one accepts nothing")
                .hasMessageContaining("--lose-facts 3");
        SnapshotRestore.Restored restored = restored(file, database, trust, null, losing(3, 1));
        assertThat(restored.former()).exists();
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.count("SELECT MAX(chain_seq) FROM fact_chain")).isEqualTo(2);
            assertThat(node.store().integrityCheck()).isEmpty();
        }
    }

    @Test
    void a_rollback_behind_the_log_and_another_history_are_refused() throws IOException {
        Path database = folder.resolve("stigmem.db");
        Path file;
        SnapshotTrust trust;
        try (TestNode node = TestNode.start(folder, clock)) {
            facts(node, 1, 4);
            file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            trust = trusting(node);
        }
        assertThatThrownBy(() -> restored(file, database, trust, checkpoint(5, hash(5)), losing(0, 1)))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("roll facts back");
        assertThatThrownBy(() -> restored(file, database, trust, checkpoint(4, hash(9)), losing(0, 1)))
                .hasMessageContaining("another history");
        restored(file, database, trust, checkpoint(4, hash(4)), losing(0, 1));
    }

    @Test
    void a_torn_line_in_the_log_hides_none_of_the_checkpoints_behind_it() throws IOException {
        Path database = folder.resolve("stigmem.db");
        Path file;
        SnapshotTrust trust;
        try (TestNode node = TestNode.start(folder, clock)) {
            facts(node, 1, 2);
            file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            trust = trusting(node);
        }
        Path log = checkpoint(5, hash(5));
        Files.writeString(log, "{\"index\":0,\"ts\":1\n" + Files.readString(log));
        assertThatThrownBy(() -> restored(file, database, trust, log, losing(0, 1)))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("roll facts back");
    }

    @Test
    void what_was_revoked_since_the_snapshot_comes_back_to_life_only_when_that_is_accepted() {
        Revoking revoked = revokedSince();
        assertThatThrownBy(() ->
                        restored(revoked.snapshot, revoked.database, revoked.trust, null, RestoreAcceptance.nothing()))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("Would come back to life: API key key-1 of agent:a")
                .hasMessageContaining("Would come back to life: capability token token-1")
                .hasMessageContaining("Would come back to life: agent:m as reader of garden g")
                .hasMessageContaining("Would be lost: API key key-2 of agent:b")
                .hasMessageContaining("--keep-revocations (or --revive-revoked 3)");
        assertThat(List.of(folder.toFile().list())).noneMatch(name -> name.contains("restore"));

        List<String> said = new ArrayList<>();
        restore.restore(
                revoked.snapshot,
                revoked.database,
                revoked.trust,
                null,
                new RestoreAcceptance(null, revoked.lostRows, true, null, false, false),
                said::add);

        assertThat(said).anyMatch(line -> line.contains("API key key-1"));
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThat(node.count("SELECT count(*) FROM api_keys WHERE revoked_at IS NULL"))
                    .isZero();
            assertThat(node.count("SELECT count(*) FROM capability_tokens WHERE revoked_at IS NULL"))
                    .isZero();
            assertThat(node.count("SELECT count(*) FROM garden_members")).isZero();
            assertThat(node.count("SELECT count(*) FROM fact_audit_log WHERE detail LIKE '%snapshot_restore%'"
                            + " AND detail LIKE '%API key key-1%'"))
                    .isEqualTo(1);
            assertThat(node.store().read(node.audit()::fsck)).isEmpty();
        }
    }

    @Test
    void a_revocation_that_the_log_alone_still_knows_is_kept_too() throws IOException {
        Revoking revoked = revokedSince();
        Files.delete(revoked.database);
        Path log = Files.writeString(
                elsewhere.resolve("log.jsonl"),
                "{\"index\":0,\"payload\":{\"token_id\":\"token-1\",\"revoked_at\":\"x\",\"revoked_by\":\"b\",\"reason\":\"r\"}}\n"
                        + "{\"index\":1,\"payload\":{\"kind\":\"api_key_revocation\",\"key_id\":\"key-1\",\"revoked_at\":\"y\"}}\n");
        assertThatThrownBy(() ->
                        restored(revoked.snapshot, revoked.database, revoked.trust, log, RestoreAcceptance.nothing()))
                .hasMessageContaining("token-1")
                .hasMessageContaining("API key key-1 of agent:a, revoked at y according to the log");
    }

    @Test
    void a_damaged_store_is_replaced_only_when_that_is_accepted() throws IOException {
        Revoking revoked = revokedSince();
        Files.writeString(revoked.database, "x".repeat(5000));
        assertThatThrownBy(() ->
                        restored(revoked.snapshot, revoked.database, revoked.trust, null, RestoreAcceptance.nothing()))
                .hasMessageContaining("--unreadable-store");
        restored(
                revoked.snapshot,
                revoked.database,
                revoked.trust,
                null,
                new RestoreAcceptance(null, null, false, null, false, true));
    }

    @Test
    void a_snapshot_that_cannot_be_read_is_a_sentence() {
        SnapshotTrust nobody = SnapshotTrust.ofKeys(Set.of());
        assertThatThrownBy(() -> restore.verify(elsewhere.resolve("none"), nobody, elsewhere))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("There is no file");
        assertThatThrownBy(() -> restore.verify(elsewhere, nobody, elsewhere))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("Is a directory")
                .hasMessageNotContaining("Exception");
        assertThatThrownBy(() -> restored(
                        elsewhere.resolve("none"), folder.resolve("x.db"), nobody, null, RestoreAcceptance.nothing()))
                .isInstanceOf(SnapshotRefused.class);
    }

    private record Revoking(Path snapshot, Path database, SnapshotTrust trust, long lostRows) {}

    /** A key, a token and a member are there when the snapshot is made, and gone after it. */
    private Revoking revokedSince() {
        try (TestNode node = TestNode.start(folder, clock)) {
            sql(
                    node,
                    "INSERT INTO api_keys (id, lookup, argon2id, entity_uri, permissions, tenant_id, created_at) VALUES ('key-1', 'l1', 'a', 'agent:a', 'read', 'default', 'x')",
                    "INSERT INTO capability_tokens VALUES ('token-1', 'default', 'i', 's', 'v', 'o', 'k', 'b', 'x', 'y', '{}', NULL,"
                            + " NULL, NULL)",
                    "INSERT INTO gardens VALUES ('g', 'default', 'rose', 'Rose', 'team', '', 'c', 'x', 0, NULL)",
                    "INSERT INTO garden_members VALUES ('g', 'agent:m', 'reader', 'c', 'x')");
            Path file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            sql(
                    node,
                    "UPDATE api_keys SET revoked_at = 'then'",
                    "UPDATE capability_tokens SET revoked_at = 'then', revoked_by = 'b', revoke_reason = 'r'",
                    "DELETE FROM garden_members",
                    "INSERT INTO api_keys (id, lookup, argon2id, entity_uri, permissions, tenant_id, created_at) VALUES ('key-2', 'l2', 'a', 'agent:b', 'read', 'default', 'x')");
            return new Revoking(file, node.store().file(), trusting(node), 1);
        }
    }

    private static void sql(TestNode node, String... statements) {
        node.store().write(tx -> {
            for (String statement : statements) {
                tx.statement(statement).executeUpdate();
            }
            return statements.length;
        });
    }

    private SnapshotRestore.Restored restored(
            Path archive, Path database, SnapshotTrust trust, Path log, RestoreAcceptance acceptance) {
        return restore.restore(archive, database, trust, log, acceptance, line -> {});
    }

    private static RestoreAcceptance losing(long facts, long auditRows) {
        return new RestoreAcceptance(facts, auditRows, false, null, false, false);
    }

    @Test
    void a_torn_line_in_the_log_does_not_let_an_older_snapshot_in() throws IOException {
        Path database = folder.resolve("stigmem.db");
        Path file;
        SnapshotTrust trust;
        try (TestNode node = TestNode.start(folder, clock)) {
            facts(node, 1, 2);
            file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            trust = trusting(node);
        }
        Path log = checkpoint(2, hash(2));
        Files.writeString(
                log, Files.readString(log) + "{\"index\":1,\"ts\n" + Files.readString(checkpoint(5, hash(5))));
        assertThatThrownBy(() -> restored(file, database, trust, log, losing(0, 1)))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("roll facts back");
    }

    @Test
    void heads_of_another_store_on_the_same_log_do_not_bind_a_snapshot() throws IOException {
        Path database = folder.resolve("stigmem.db");
        Path file;
        SnapshotTrust trust;
        try (TestNode node = TestNode.start(folder, clock)) {
            facts(node, 1, 2);
            file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            trust = trusting(node);
        }
        Files.writeString(folder.resolve("stigmem.db.keys/store.json"), "{\"store_id\":\"store-own\"}");
        String leaf = "{\"index\":0,\"ts\":1,\"leaf_hash\":\"x\",\"prev_hash\":\"x\",\"chain_hash\":\"x\",\"payload\":{"
                + "\"kind\":\"bulwark.signed_heads\",\"store_id\":\"store-other\",\"heads\":{\"fact_chain\":{\"seq\":9,\"hash\":\"h\"}}}}\n";
        Path log =
                Files.writeString(elsewhere.resolve("shared.jsonl"), leaf + Files.readString(checkpoint(9, hash(9))));
        restored(file, database, trust, log, losing(0, 1));
    }

    @Test
    void an_altered_database_is_refused() throws IOException {
        try (TestNode node = TestNode.start(folder, clock)) {
            Path file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            byte[] tar = unzip(file);
            tar[tar.length - 4096] ^= 1;
            Path bad = zip(tar);
            assertThatThrownBy(() -> restore.verify(bad, trusting(node), elsewhere))
                    .isInstanceOf(SnapshotRefused.class)
                    .hasMessageContaining("not what the manifest was signed for");
        }
    }

    @Test
    void damaged_archives_are_refused_or_equivalent_and_leave_no_files() throws IOException {
        try (TestNode node = TestNode.start(folder, clock)) {
            Snapshots.Created created = snapshots(node).create(elsewhere.resolve("s.tar.gz"));
            byte[] good = Files.readAllBytes(created.file());
            SnapshotTrust trust = trusting(node);
            int believed = 0;
            Random random = new Random(9);
            for (int i = 0; i < 150; i++) {
                byte[] bad = java.util.Arrays.copyOf(good, i % 3 == 0 ? random.nextInt(good.length) : good.length);
                if (bad.length > 10) {
                    bad[10 + random.nextInt(bad.length - 10)] ^= (byte) (1 + random.nextInt(255));
                }
                Path file = Files.write(elsewhere.resolve("bad.tar.gz"), bad);
                try {
                    SnapshotManifest manifest = restore.verify(file, trust, elsewhere);
                    assertThat(manifest.json()).isEqualTo(created.manifest().json());
                    believed++;
                } catch (SnapshotRefused e) {
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
            // Deflate has a few bits that mean nothing.
            assertThat(believed).isLessThan(3);
        }
        try (var left = Files.list(elsewhere)) {
            assertThat(left.map(path -> path.getFileName().toString()).toList())
                    .containsExactlyInAnyOrderElementsOf(List.of("s.tar.gz", "bad.tar.gz"));
        }
    }

    private Path zip(byte[] tar) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(tar);
        }
        return Files.write(elsewhere.resolve("bad.tar.gz"), out.toByteArray());
    }
}
