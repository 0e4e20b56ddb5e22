package bulwark.facts.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.identity.Base64Url;
import bulwark.facts.identity.KeyKind;
import bulwark.facts.identity.TestNode;
import bulwark.kernel.keys.SecretAccess;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SnapshotTest {
    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private final SettableClock clock = new SettableClock(TestNode.START);
    private final SnapshotRestore restore = new SnapshotRestore(Signing.fastest());

    private static Snapshots snapshots(TestNode node) {
        return new Snapshots(node.store(), node.audit(), node.identity(), node.logFile(), node.clock());
    }

    private static SnapshotTrust trusting(TestNode node) {
        return SnapshotTrust.ofKeys(Set.of()).and(node.identity().keys().node());
    }

    private static void facts(TestNode node, int from, int to) {
        node.store().write(tx -> {
            for (int seq = from; seq <= to; seq++) {
                var insert =
                        tx.statement("INSERT INTO fact_chain (tenant_id, chain_seq, fact_id, event_hash, previous_hash,"
                                + " chain_hash, created_at) VALUES ('default', ?, 'f', 'e', NULL, ?, 'now')");
                insert.setLong(1, seq);
                insert.setString(2, hash(seq));
                insert.executeUpdate();
            }
            return to;
        });
    }

    private static String hash(long seq) {
        return "sha256:" + Digests.sha256Hex("link " + seq);
    }

    private Path checkpoint(long covered, String chainHash) throws IOException {
        String line = "{\"index\":0,\"chain_hash\":\"x\",\"payload\":{\"kind\":\"stigmem.fact_chain_checkpoint\","
                + "\"tenant_id\":\"default\",\"covered_chain_seq\":" + covered + ",\"chain_hash\":\"" + chainHash
                + "\"}}\n";
        return Files.writeString(elsewhere.resolve("log.jsonl"), line);
    }

    @Test
    void a_snapshot_of_a_running_node_verifies_and_names_all_heads() throws IOException {
        try (TestNode node = TestNode.start(folder, clock)) {
            facts(node, 1, 3);
            assertThat(node.settle()).isTrue();
            Snapshots.Created created = snapshots(node).create(elsewhere);
            assertThat(created.file().getFileName().toString())
                    .matches("stigmem-snapshot-20260301T000000Z-[0-9a-f]{12}\\.tar\\.gz");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(created.file())))
                    .isEqualTo("rw-------");
            SnapshotManifest manifest = restore.verify(created.file(), trusting(node), elsewhere);
            assertThat(manifest.members().toString())
                    .contains("chain_seq=3", hash(3), "fact_audit_log_head", "federation_audit_head", "index=1");
            assertThat(node.count("SELECT COUNT(*) FROM fact_audit_log WHERE event_type = 'admin_action'"))
                    .isEqualTo(1);
        }
        try (var left = Files.list(elsewhere)) {
            assertThat(left.toList()).hasSize(1);
        }
    }

    @Test
    void a_link_in_the_place_of_the_target_is_never_followed() throws IOException {
        try (TestNode node = TestNode.start(folder, clock)) {
            Path mine = Files.writeString(folder.resolve("mine.txt"), "mine");
            Path link = Files.createSymbolicLink(elsewhere.resolve("s.tar.gz"), mine);
            Path dangling = Files.createSymbolicLink(elsewhere.resolve("t.tar.gz"), folder.resolve("made.txt"));

            assertThatThrownBy(() -> snapshots(node).create(link)).isInstanceOf(SnapshotRefused.class);
            assertThatThrownBy(() -> snapshots(node).create(dangling)).isInstanceOf(SnapshotRefused.class);
            assertThat(mine).hasContent("mine");
            assertThat(folder.resolve("made.txt")).doesNotExist();
        }
    }

    @Test
    void a_target_that_cannot_be_written_is_a_sentence() {
        try (TestNode node = TestNode.start(folder, clock)) {
            assertThatThrownBy(() -> snapshots(node).create(elsewhere.resolve("none/s.tar.gz")))
                    .isInstanceOf(SnapshotRefused.class)
                    .hasMessageContaining("check its folder");
        }
    }

    @Test
    void what_was_opened_is_written_although_the_name_leads_elsewhere_meanwhile() throws IOException {
        Path mine = Files.writeString(folder.resolve("mine.txt"), "mine");
        Path target = elsewhere.resolve("s.tar.gz");
        Path database = Files.writeString(folder.resolve("some.db"), "database");
        var channel = OwnerFile.create(target);
        Files.delete(target);
        Files.createSymbolicLink(target, mine);
        SnapshotArchive.write(channel, new byte[] {'{', '}'}, database, new byte[] {'{', '}'});
        assertThat(mine).hasContent("mine");
    }

    @Test
    void no_private_key_is_inside() throws IOException {
        try (TestNode node = TestNode.start(folder, clock)) {
            String seed = node.rotate(KeyKind.NODE).seed().exposeText(SecretAccess.grant());
            byte[] raw = Base64Url.exactly(32, seed).orElseThrow();
            Path file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            String content = new String(unzip(file), StandardCharsets.ISO_8859_1);
            assertThat(content).doesNotContain(seed).doesNotContain(new String(raw, StandardCharsets.ISO_8859_1));
            assertThat(content).contains("SQLite format 3");
        }
    }

    @Test
    void a_signer_that_only_vouches_for_itself_is_refused_unless_told() {
        Path file;
        String signer;
        try (TestNode node = TestNode.start(folder, clock)) {
            file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            signer = node.identity().published().node().publicKey();
        }
        assertThatThrownBy(() -> restore.verify(file, SnapshotTrust.ofKeys(Set.of()), elsewhere))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("vouches only for itself");
        restore.verify(file, new SnapshotTrust(Set.of(), true), elsewhere);
        byte[] trusted = ("[\"" + signer + "\"]").getBytes(StandardCharsets.UTF_8);
        restore.verify(file, SnapshotTrust.ofFile(trusted, false), elsewhere);
    }

    @Test
    void a_snapshot_from_before_a_rotation_is_still_the_rings() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Path file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            node.rotate(KeyKind.NODE);
            restore.verify(file, trusting(node), elsewhere);
        }
    }

    @Test
    void a_running_node_is_never_restored_over() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Path file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            assertThatThrownBy(() -> restore.restore(file, node.store().file(), trusting(node), null))
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
        SnapshotRestore.Restored restored = restore.restore(file, folder.resolve("stigmem.db"), trust, null);
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
        assertThatThrownBy(() -> restore.restore(file, database, trust, checkpoint(5, hash(5))))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("roll facts back");
        assertThatThrownBy(() -> restore.restore(file, database, trust, checkpoint(4, hash(9))))
                .hasMessageContaining("another history");
        restore.restore(file, database, trust, checkpoint(4, hash(4)));
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
    void damaged_archives_are_refused_or_say_the_same_and_leave_nothing_behind() throws IOException {
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

    private static byte[] unzip(Path file) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
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
