package bulwark.kernel.evidence.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlogProofTest {
    private static final RandomTree TREE = new RandomTree(3, 21, 0, 0);
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private static TlogProof proof(long index) throws Exception {
        GrownTree grown = GrownTree.of(TREE.data());
        SignedNote note = TestSigners.log("example.com/log").sign(21, grown.range.root(), NOW);
        return new TlogProof(index, grown.prover().inclusion(index, 21), note, TlogCheckpoint.parse(note.text()));
    }

    @Test
    void a_proof_is_read_as_it_was_written_and_proves_its_leaf_alone() throws Exception {
        for (int index = 0; index < 21; index++) {
            String text = proof(index).text();
            assertThat(text).startsWith("c2sp.org/tlog-proof@v1\nindex " + index + "\n");
            TlogProof read = TlogProof.parse(text);
            assertThat(read.text()).isEqualTo(text);
            assertThat(read.proves(TREE.data().get(index))).isTrue();
            assertThat(read.proves(TREE.data().get((index + 1) % 21))).isFalse();
        }
    }

    @Test
    void extra_data_is_kept_and_no_part_of_what_is_proved() throws Exception {
        TlogProof plain = proof(4);
        TlogProof more = new TlogProof(new byte[] {1, 2, 3}, 4, plain.path(), plain.note(), plain.checkpoint());
        assertThat(TlogProof.parse(more.text()).extra()).containsExactly(1, 2, 3);
        assertThat(TlogProof.parse(more.text()).proves(TREE.data().get(4))).isTrue();
    }

    @Test
    void a_text_that_is_no_proof_is_refused() throws Exception {
        String good = proof(4).text();
        for (String bad : List.of(
                "",
                good.replace("@v1", "@v2"),
                good.replace("index 4", "index 04"),
                good.replace("index 4\n", ""),
                good.replace("index 4", "extra !\nindex 4"),
                good.replace("index 4", "extra\nindex 4"),
                good.replace("index 4", "index -4"),
                good.replace("index 4\n", "index 4\nAAAA\n"),
                good.replaceFirst("\n\n", "\n"),
                good.substring(0, good.length() - 1),
                good + "\n")) {
            assertThat(catchThrowable(() -> TlogProof.parse(bad))).as(bad).isInstanceOf(NoteRefused.class);
        }
    }
}
