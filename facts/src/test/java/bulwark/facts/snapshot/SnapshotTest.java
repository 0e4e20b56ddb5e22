package bulwark.facts.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.facts.identity.KeyDistrust;
import bulwark.facts.identity.KeyKind;
import bulwark.facts.identity.TestNode;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a snapshot holds, where it is written, and which key vouches for it. */
@Timeout(60)
class SnapshotTest extends SnapshotTestBase {
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
        var channel = OwnerOnlyFiles.createNew(target);
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
    void a_self_signed_snapshot_is_refused_unless_forced() {
        Path file;
        String signer;
        try (TestNode node = TestNode.start(folder, clock)) {
            file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            signer = node.identity().published().node().publicKey();
        }
        assertThatThrownBy(() -> restore.verify(file, SnapshotTrust.ofKeys(Set.of()), elsewhere))
                .isInstanceOf(SnapshotRefused.class)
                .hasMessageContaining("vouches only for itself");
        restore.verify(file, new SnapshotTrust(Set.of(), List.of(), true), elsewhere);
        byte[] trusted = ("[\"" + signer + "\"]").getBytes(StandardCharsets.UTF_8);
        restore.verify(file, SnapshotTrust.ofFile(trusted, false), elsewhere);
    }

    @Test
    void a_key_that_was_replaced_or_distrusted_vouches_for_no_snapshot() {
        try (TestNode node = TestNode.start(folder, clock)) {
            String former = node.identity().keys().node().signer().keyId();
            Path file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            node.rotate(KeyKind.NODE);
            KeyEntry entry = node.identity().keys().node().byId(former).orElseThrow();
            assertThat(entry.maySignAt(clock.instant())).isTrue();
            assertThat(entry.maySignAt(clock.instant().plus(Duration.ofHours(1))))
                    .isFalse();

            new KeyDistrust(node.identity()).distrust(former, "the backup disk was stolen");
            assertThatThrownBy(() -> restore.verify(file, trusting(node), elsewhere))
                    .isInstanceOf(SnapshotRefused.class)
                    .hasMessageContaining("at the date of the snapshot");
        }
    }

    @Test
    void a_snapshot_signed_before_a_rotation_is_trusted() {
        try (TestNode node = TestNode.start(folder, clock)) {
            Path file = snapshots(node).create(elsewhere.resolve("s.tar.gz")).file();
            node.rotate(KeyKind.NODE);
            restore.verify(file, trusting(node), elsewhere);
        }
    }
}
