package bulwark.kernel.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.tlog.CheckpointKeys;
import bulwark.kernel.evidence.tlog.NoteKey;
import bulwark.kernel.evidence.tlog.SignedNote;
import bulwark.kernel.evidence.tlog.TlogCheckpoint;
import bulwark.kernel.evidence.tlog.TlogProof;
import bulwark.kernel.evidence.tlog.TreeProof;
import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogTreeTest {
    private static final Signing SIGNING = Signing.fastest();

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-28T12:00:00Z"));
    private CheckpointKeys keys;

    @BeforeEach
    void keys() {
        keys = LogKeys.open(folder.resolve("keys"), SIGNING, clock).checkpointKeys();
    }

    private Path file() {
        return folder.resolve("tl.jsonl");
    }

    private Path beside(String ending) {
        return folder.resolve("tl.jsonl" + ending);
    }

    private TransparencyLog open() {
        return TransparencyLogs.local(file(), clock);
    }

    private static Map<String, Object> payload(int number) {
        return Map.of("kind", "test", "n", number, "text", "Grüße \" \\ " + number);
    }

    private static void append(TransparencyLog log, int from, int to) throws LogUnavailable {
        for (int number = from; number < to; number++) {
            log.append(new LogLeaf(payload(number), "k" + number));
        }
    }

    private static TlogCheckpoint tree(SignedNote note) throws Exception {
        return TlogCheckpoint.parse(note.text());
    }

    @Test
    void each_record_is_proved_to_stand_in_the_tree_that_was_signed() throws Exception {
        TransparencyLog log = open();
        append(log, 0, 1);
        log.publishCheckpoint(keys);
        append(log, 1, 20);
        SignedNote note = log.publishCheckpoint(keys).orElseThrow();
        TlogCheckpoint tree = tree(note);
        assertThat(tree.size()).isEqualTo(20);
        assertThat(beside(".checkpoint")).hasContent(note.note());
        for (NoteKey key : keys.signer().apply(tree.origin()).keys()) {
            assertThat(key.verify(note, tree, SIGNING)).isNotNull();
        }
        for (int number = 0; number < 20; number++) {
            TlogProof proof = TlogProof.parse(log.proof(number).orElseThrow().text());
            assertThat(proof.proves(CanonicalJson.bytes(payload(number)))).isTrue();
            assertThat(proof.proves(CanonicalJson.bytes(payload(number + 1)))).isFalse();
        }
        assertThat(log.proof(20)).isEmpty();
        assertThat(log.proof(-1)).isEmpty();
        assertThat(Files.readAllLines(file())).hasSize(20);
    }

    @Test
    void a_checkpoint_continues_the_one_before_it_over_restarts() throws Exception {
        List<TlogCheckpoint> before = new ArrayList<>();
        for (int round = 0; round < 12; round++) {
            TransparencyLog log = open();
            append(log, round * 3, round * 3 + 1 + round % 3);
            TlogCheckpoint tree = tree(log.publishCheckpoint(keys).orElseThrow());
            for (TlogCheckpoint earlier : before) {
                List<byte[]> proof = log.consistency(earlier.size()).orElseThrow();
                assertThat(TreeProof.isConsistent(earlier.size(), earlier.root(), tree.size(), tree.root(), proof))
                        .isTrue();
                assertThat(tree.origin()).isEqualTo(earlier.origin());
            }
            before.add(tree);
            if (round == 5) {
                Files.delete(beside(".tree"));
            }
        }
        assertThat(open().fsck()).isEmpty();
    }

    @Test
    void nothing_is_signed_again_while_the_log_does_not_grow() throws Exception {
        TransparencyLog log = open();
        assertThat(log.publishCheckpoint(keys)).isEmpty();
        append(log, 0, 1);
        SignedNote note = log.publishCheckpoint(keys).orElseThrow();
        clock.advance(java.time.Duration.ofHours(1));
        assertThat(log.publishCheckpoint(keys).orElseThrow().note()).isEqualTo(note.note());
        assertThat(open().publishCheckpoint(keys).orElseThrow().note()).isEqualTo(note.note());
    }

    @Test
    void a_log_that_held_records_before_its_first_checkpoint_says_so_once() throws Exception {
        append(open(), 0, 5);
        byte[] before = Files.readAllBytes(file());
        assertThat(tree(open().publishCheckpoint(keys).orElseThrow()).size()).isEqualTo(6);
        assertThat(tree(open().publishCheckpoint(keys).orElseThrow()).size()).isEqualTo(6);
        List<String> lines = Files.readAllLines(file());
        assertThat(lines.getLast())
                .contains("\"kind\":\"bulwark.log_tree\"", "\"records\":5", "\"origin\":\"bulwark.dev/log/");
        assertThat(java.util.Arrays.copyOf(Files.readAllBytes(file()), before.length))
                .isEqualTo(before);
        assertThat(open().fsck()).isEmpty();
    }

    @Test
    void stored_hashes_that_were_changed_are_made_again() throws Exception {
        TransparencyLog log = open();
        append(log, 0, 1);
        log.publishCheckpoint(keys);
        append(log, 1, 40);
        TlogCheckpoint tree = tree(log.publishCheckpoint(keys).orElseThrow());
        byte[] hashes = Files.readAllBytes(beside(".tree"));
        hashes[40] ^= 1;
        Files.write(beside(".tree"), hashes);
        assertThat(log.proof(0)).isEmpty();
        assertThat(log.publishCheckpoint(keys)).isPresent();
        assertThat(log.proof(0).orElseThrow().proves(CanonicalJson.bytes(payload(0))))
                .isTrue();
        Files.write(beside(".tree"), new byte[77]);
        TransparencyLog again = open();
        assertThat(tree(again.publishCheckpoint(keys).orElseThrow()).root()).isEqualTo(tree.root());
        assertThat(again.proof(39).orElseThrow().proves(CanonicalJson.bytes(payload(39))))
                .isTrue();
    }

    @Test
    void a_log_that_was_cut_or_replaced_gets_no_further_checkpoint_until_its_owner_says_so() throws Exception {
        TransparencyLog log = open();
        append(log, 0, 1);
        log.publishCheckpoint(keys);
        append(log, 1, 9);
        log.publishCheckpoint(keys);
        List<String> lines = Files.readAllLines(file());
        Files.write(file(), lines.subList(0, 8));
        assertRefused();
        Files.delete(file());
        append(open(), 100, 120);
        assertRefused();
        TransparencyLog accepted = open();
        accepted.forgetTrees();
        assertThat(tree(accepted.publishCheckpoint(keys).orElseThrow()).size()).isEqualTo(21);
    }

    private void assertRefused() {
        assertThatExceptionOfType(LogUnavailable.class)
                .isThrownBy(() -> open().publishCheckpoint(keys))
                .withMessageContaining("does not continue the tree of 9 records");
        assertThat(open().fsck()).isNotEmpty();
    }

    @Test
    void a_log_that_was_written_anew_is_found_although_its_chain_is_whole() throws Exception {
        append(open(), 0, 1);
        open().publishCheckpoint(keys);
        append(open(), 1, 9);
        open().publishCheckpoint(keys);
        Files.move(file(), beside(".old"));
        append(open(), 0, 4);
        append(open(), 50, 70);
        assertThatExceptionOfType(LogUnavailable.class).isThrownBy(() -> open().publishCheckpoint(keys));
        assertThat(open().fsck()).singleElement().asString().contains("not the tree of the checkpoint");
    }

    @Test
    void a_long_log_goes_on_behind_its_stored_hashes_and_says_when_its_last_record_is_another() throws Exception {
        String text = "x".repeat(300_000);
        for (int number = 0; number < 5; number++) {
            open().append(new LogLeaf(Map.of("n", number, "text", text), "k" + number));
            open().publishCheckpoint(keys);
        }
        TransparencyLog log = open();
        assertThat(tree(log.publishCheckpoint(keys).orElseThrow()).size()).isEqualTo(5);
        assertThat(log.proof(2).orElseThrow().proves(CanonicalJson.bytes(Map.of("n", 2, "text", text))))
                .isTrue();
        assertThat(open().fsck()).isEmpty();
        List<String> lines = Files.readAllLines(file());
        Files.write(file(), lines.subList(0, 4));
        open().append(new LogLeaf(Map.of("n", "another"), "k"));
        assertThatExceptionOfType(LogUnavailable.class).isThrownBy(() -> open().publishCheckpoint(keys));
    }

    @Test
    void a_checkpoint_of_another_key_is_not_believed_and_a_new_key_signs_at_once() throws Exception {
        append(open(), 0, 1);
        open().publishCheckpoint(keys);
        append(open(), 1, 5);
        SignedNote first = open().publishCheckpoint(keys).orElseThrow();
        CheckpointKeys others =
                LogKeys.open(folder.resolve("others"), SIGNING, clock).checkpointKeys();
        SignedNote second = open().publishCheckpoint(others).orElseThrow();
        // To others the log held records before its first checkpoint.
        assertThat(tree(second).size()).isEqualTo(tree(first).size() + 1);
        LogKeys ring = LogKeys.open(folder.resolve("others"), SIGNING, clock);
        ring.promote(ring.announce().id());
        SignedNote third = open().publishCheckpoint(ring.checkpointKeys()).orElseThrow();
        assertThat(tree(third).size()).isEqualTo(tree(second).size());
        assertThat(third.lines().getFirst().keyId())
                .isNotEqualTo(second.lines().getFirst().keyId());
    }

    @Test
    void what_a_crash_left_unfinished_is_no_record_of_the_tree() throws Exception {
        append(open(), 0, 1);
        open().publishCheckpoint(keys);
        append(open(), 1, 4);
        open().publishCheckpoint(keys);
        Files.writeString(file(), "{\"index\":4,\"ts\":1", StandardOpenOption.APPEND);
        append(open(), 4, 7);
        TransparencyLog log = open();
        assertThat(tree(log.publishCheckpoint(keys).orElseThrow()).size()).isEqualTo(7);
        assertThat(log.proof(5).orElseThrow().proves(CanonicalJson.bytes(payload(5))))
                .isTrue();
        assertThat(log.fsck()).isEmpty();
    }

    @Test
    void the_file_of_the_log_has_the_bytes_that_it_had_without_a_tree() throws Exception {
        append(open(), 0, 1);
        open().publishCheckpoint(keys);
        append(open(), 1, 30);
        open().publishCheckpoint(keys);
        byte[] with = Files.readAllBytes(file());
        Files.move(file(), beside(".old"));
        append(open(), 0, 30);
        assertThat(Files.readAllBytes(file())).isEqualTo(with);
    }

    @Test
    void two_processes_on_one_log_sign_one_tree() throws IOException, Exception {
        TransparencyLog one = open();
        TransparencyLog two = open();
        append(one, 0, 1);
        one.publishCheckpoint(keys);
        for (int round = 1; round < 30; round++) {
            append(round % 2 == 0 ? one : two, round, round + 1);
            (round % 3 == 0 ? one : two).publishCheckpoint(keys);
        }
        TlogCheckpoint tree = tree(one.publishCheckpoint(keys).orElseThrow());
        assertThat(tree(two.publishCheckpoint(keys).orElseThrow()).root()).isEqualTo(tree.root());
        assertThat(two.proof(3).orElseThrow().proves(CanonicalJson.bytes(payload(3))))
                .isTrue();
        assertThat(open().fsck()).isEmpty();
    }
}
