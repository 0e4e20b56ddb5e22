package bulwark.kernel.evidence.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever bytes come: a refusal with a sentence, or a value that is written as it was read. */
class TlogFormatFuzzTest {
    private static final CheckpointSigner LOG = TestSigners.log("example.com/log");
    private static final SignedNote NOTE = LOG.sign(1, new byte[32], Instant.EPOCH);

    @FuzzTest(maxDuration = "1m")
    void a_note_is_refused_or_written_as_it_was_read(byte[] bytes) {
        try {
            SignedNote note = SignedNote.parse(bytes);
            assertThat(note.note().getBytes(StandardCharsets.UTF_8)).isEqualTo(bytes);
        } catch (NoteRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void a_checkpoint_is_refused_or_written_as_it_was_read(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            assertThat(TlogCheckpoint.parse(text).text()).isEqualTo(text);
        } catch (NoteRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void a_key_is_refused_or_written_as_it_was_read(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            assertThat(NoteKey.parse(text).text()).isEqualTo(text);
        } catch (NoteRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void a_proof_is_refused_or_written_as_it_was_read(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            TlogProof proof = TlogProof.parse(text);
            assertThat(proof.text()).isEqualTo(text);
            assertThat(proof.proves(bytes)).isFalse();
        } catch (NoteRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void a_policy_is_refused_or_asks_for_a_signature(byte[] bytes) throws NoteRefused {
        try {
            TlogPolicy policy = TlogPolicy.parse(bytes);
            assertThat(policy.logs()).doesNotContainNull();
            if (policy.logs().isEmpty()) {
                policy.verify(NOTE, TlogCheckpoint.parse(NOTE.text()), bulwark.kernel.signing.Signing.fastest());
                throw new AssertionError("a policy without a log accepted a checkpoint");
            }
        } catch (NoteRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void a_tiles_path_is_refused_or_written_as_it_was_read(byte[] bytes) {
        String path = new String(bytes, StandardCharsets.UTF_8);
        try {
            Tile tile = Tile.parse(path);
            assertThat(tile.path()).isEqualTo(path);
            tile.isIn(Long.MAX_VALUE);
        } catch (NoteRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @Test
    void mutations_of_good_inputs_do_as_well() throws Exception {
        List<String> seeds = List.of(
                NOTE.note(),
                NOTE.text(),
                LOG.keys().getFirst().text(),
                new TlogProof(0, List.of(new byte[32]), NOTE, TlogCheckpoint.parse(NOTE.text())).text(),
                "log " + LOG.keys().getFirst().text() + "\nquorum none\n",
                "tile/3/x001/x234/067.p/17");
        Random random = new Random(1);
        for (int round = 0; round < 1_800; round++) {
            byte[] bytes = seeds.get(round % seeds.size()).getBytes(StandardCharsets.UTF_8);
            for (int edits = random.nextInt(3); edits >= 0; edits--) {
                bytes[random.nextInt(bytes.length)] =
                        random.nextBoolean() ? (byte) random.nextInt(128) : bytes[random.nextInt(bytes.length)];
            }
            a_note_is_refused_or_written_as_it_was_read(bytes);
            a_checkpoint_is_refused_or_written_as_it_was_read(bytes);
            a_key_is_refused_or_written_as_it_was_read(bytes);
            a_proof_is_refused_or_written_as_it_was_read(bytes);
            a_policy_is_refused_or_asks_for_a_signature(bytes);
            a_tiles_path_is_refused_or_written_as_it_was_read(bytes);
        }
    }
}
