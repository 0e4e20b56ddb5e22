package bulwark.kernel.evidence.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.evidence.heads.HeadFile;
import bulwark.kernel.evidence.heads.LogKeyChange;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.heads.SignedHeads;
import bulwark.kernel.evidence.log.LogLeaf;
import bulwark.kernel.evidence.log.TransparencyLog;
import bulwark.kernel.evidence.log.TransparencyLogs;
import bulwark.kernel.evidence.outbox.OutboxRefused;
import bulwark.kernel.evidence.outbox.OutboxSeal;
import bulwark.kernel.keys.KeyEntry;
import bulwark.kernel.keys.KeyStatus;
import bulwark.kernel.secrets.KeyRefused;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.StoreRefused;
import bulwark.kernel.time.Timestamps;
import bulwark.testkit.FolderImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A log key that was replaced or stolen signs nothing that is believed, and what it signed in its time stays believed. */
@Timeout(60)
class LogKeyRotationTest {
    @TempDir
    Path folder;

    @TempDir
    Path elsewhere;

    private SignedStore signed;

    /** The key folder as somebody copied it before the rotation. */
    private LogKeys stolen;

    @BeforeEach
    void signWithTheFirstKey() throws Exception {
        signed = new SignedStore(folder, elsewhere.resolve("head.json")).open();
        signed.rows(2);
        assertThat(signed.signer.signNow()).isTrue();
        Path copy = Files.createDirectory(elsewhere.resolve("stolen"));
        FolderImage.copyTree(signed.scope.keyFolder(), copy);
        stolen = LogKeys.open(copy, Signing.fastest(), signed.clock);
        signed.clock.advance(Duration.ofHours(1));
    }

    @AfterEach
    void close() {
        signed.close();
    }

    private SignedHeads newest() {
        HeadFile.Content content = signed.scope.keyFolderHead().read().content();
        assertThat(content).isNotNull();
        return content.heads();
    }

    /** Writes a leaf as somebody does who can write the log. */
    private void append(SignedHeads leaf) throws Exception {
        try (TransparencyLog log = TransparencyLogs.local(signed.logFile, signed.clock)) {
            log.append(new LogLeaf(leaf.payload(), "heads:" + leaf.leafHash()));
        }
    }

    private SignedHeads byTheStolenKey(@Nullable String origin, Duration ago) {
        String when = Timestamps.offset(signed.clock.instant().minus(ago));
        SignedHeads before = newest();
        return SignedHeads.sign(
                stolen,
                origin,
                before.storeId(),
                before,
                List.copyOf(before.heads().values()),
                List.of(),
                when);
    }

    private void everybodyFinds(String sentence) {
        assertThat(signed.fsck()).anyMatch(found -> found.contains(sentence));
        assertThat(signed.signer.recheck()).anyMatch(found -> found.contains(sentence));
        signed.close();
        assertThatThrownBy(() -> signed.open()).isInstanceOf(StoreRefused.class).hasMessageContaining(sentence);
    }

    @Test
    void the_old_key_introduces_the_new_one_and_what_it_signed_stays_believed() throws Exception {
        HeadSigner.RotatedKey rotated = signed.signer.rotateKey();
        assertThat(rotated.newKeyId()).isNotEqualTo(rotated.oldKeyId());
        signed.rows(1);
        assertThat(signed.signer.signNow()).isTrue();
        List<String> lines = Files.readAllLines(signed.logFile);
        assertThat(lines).hasSize(5);
        assertThat(lines.get(2))
                .contains("bulwark.log_key", "\"introduced\"", rotated.newKeyId(), "public_key", rotated.oldKeyId());
        assertThat(newest().signature().keyId()).isEqualTo(rotated.newKeyId());
        assertThat(signed.fsck()).isEmpty();
        signed.clock.advance(Duration.ofDays(400));
        assertThat(signed.fsck()).as("long after the window").isEmpty();
        signed.close();
        signed.open();
        assertThat(signed.signer.recheck()).isEmpty();
    }

    @Test
    void a_leaf_that_the_replaced_key_signs_later_is_refused_whatever_date_it_bears() throws Exception {
        signed.signer.rotateKey();
        append(byTheStolenKey(null, Duration.ofMinutes(30)));
        everybodyFinds("is signed by the log key " + stolen.current().id());
    }

    @Test
    void the_replaced_key_accepts_no_loss_and_so_wipes_no_finding_away() throws Exception {
        signed.signer.rotateKey();
        append(byTheStolenKey(SignedHeads.LOSS, Duration.ofMinutes(30)));
        everybodyFinds("is signed by the log key " + stolen.current().id());
    }

    @Test
    void a_log_that_begins_anew_with_a_loss_under_the_replaced_key_is_refused() throws Exception {
        signed.signer.rotateKey();
        SignedHeads loss = byTheStolenKey(SignedHeads.LOSS, Duration.ofHours(2));
        Files.delete(signed.logFile);
        append(loss);
        everybodyFinds("the log was cut, replaced or deleted");
    }

    @Test
    void the_second_place_forged_with_a_distrusted_key_is_refused() throws Exception {
        String old = signed.signer.rotateKey().oldKeyId();
        signed.signer.distrustKey(old, "the disk was stolen");
        SignedHeads forged = byTheStolenKey(null, Duration.ofHours(2));
        new HeadFile(ConfiguredPath.unnamed(elsewhere.resolve("head.json"))).write(new HeadFile.Content(forged, null));
        everybodyFinds("is signed by the log key " + old + ", which is distrusted");
    }

    @Test
    void distrust_stands_in_the_log_and_leaves_the_history_valid() throws Exception {
        HeadSigner.RotatedKey rotated = signed.signer.rotateKey();
        signed.signer.distrustKey(rotated.oldKeyId(), "the disk was stolen");
        assertThat(Files.readAllLines(signed.logFile).getLast())
                .contains("bulwark.log_key", "\"distrusted\"", "the disk was stolen", rotated.newKeyId());
        assertThat(signed.signer.keys().isDistrusted(rotated.oldKeyId())).isTrue();
        assertThat(signed.fsck()).isEmpty();
        signed.close();
        signed.open();
        assertThat(signed.fsck()).isEmpty();
    }

    @Test
    void the_key_that_signs_is_not_distrusted_before_another_one_signs() {
        String current = signed.signer.keys().current().id();
        assertThatThrownBy(() -> signed.signer.distrustKey(current, "x"))
                .isInstanceOf(KeyRefused.class)
                .hasMessageContaining("rotate the log key before");
    }

    @Test
    void a_row_of_the_outbox_under_a_distrusted_key_is_refused_and_one_that_was_sealed_anew_is_not() throws Exception {
        OutboxSeal seal = new OutboxSeal(signed.signer.keys());
        String planted = new OutboxSeal(stolen).seal("log.payload", "a", Map.of("n", 1));
        String waiting = seal.seal("log.payload", "b", Map.of("n", 2));
        signed.store.write(tx -> tx.statement("INSERT INTO outbox (kind, dedupe_key, payload, created_at) VALUES"
                        + " ('log.payload', 'b', '" + waiting + "', 'now')")
                .executeUpdate());
        String old = signed.signer.rotateKey().oldKeyId();
        assertThat(seal.open("log.payload", "a", planted)).as("in its window").isNotEmpty();
        signed.store.write(tx -> {
            seal.resealOpenRows(tx, "log.payload");
            return tx;
        });
        signed.signer.distrustKey(old, "the disk was stolen");
        assertThatThrownBy(() -> seal.open("log.payload", "a", planted))
                .isInstanceOf(OutboxRefused.class)
                .hasMessageContaining("trusted no more");
        String sealedAnew = signed.store.read(tx -> {
            try (var row = tx.statement("SELECT payload FROM outbox").executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        });
        assertThat(seal.open("log.payload", "b", sealedAnew)).containsEntry("n", 2L);
    }

    @Test
    void a_rotation_that_was_killed_after_its_leaf_is_finished_by_the_next_start() throws Exception {
        SignedHeads before = newest();
        LogKeys keys = signed.signer.keys();
        KeyEntry next = keys.announce();
        SignedHeads leaf = SignedHeads.sign(
                keys,
                before,
                List.copyOf(before.heads().values()),
                LogKeyChange.introduces(next),
                Timestamps.offset(signed.clock.instant()));
        signed.signer = null;
        signed.close();
        append(leaf);
        signed.open();
        assertThat(signed.signer.keys().current().id()).isEqualTo(next.id());
        assertThat(signed.signer.signNow()).isTrue();
        assertThat(newest().signature().keyId()).isEqualTo(next.id());
        assertThat(signed.fsck()).isEmpty();
    }

    @Test
    void a_rotation_that_was_killed_before_its_leaf_leaves_no_key_behind() {
        KeyEntry next = signed.signer.keys().announce();
        signed.close();
        signed.open();
        assertThat(signed.signer.keys().entries())
                .singleElement()
                .satisfies(only -> assertThat(only.id()).isNotEqualTo(next.id()))
                .satisfies(only -> assertThat(only.status()).isEqualTo(KeyStatus.CURRENT));
        assertThat(signed.fsck()).isEmpty();
    }

    @Test
    void the_key_of_a_store_that_was_changed_does_not_rotate() {
        signed.plant("UPDATE test_audit SET row_hash = 'other' WHERE seq = 2");
        assertThatThrownBy(() -> signed.signer.rotateKey())
                .isInstanceOf(KeyRefused.class)
                .hasMessageContaining("row 2 is not the one");
        assertThat(signed.signer.keys().entries()).hasSize(1);
    }
}
