package bulwark.kernel.evidence.tlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TlogPolicyTest {
    private static final Signing SIGNING = Signing.fastest();
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final CheckpointSigner LOG = TestSigners.log("example.com/log");
    private static final String LOG_LINE = "log " + LOG.keys().getFirst().text() + "\n";
    private static final List<Cosigner> WITNESSES = IntStream.range(0, 5)
            .mapToObj(number -> TestSigners.witness("w" + number, 100 + number))
            .toList();

    private static String witnessLines() {
        StringBuilder lines = new StringBuilder();
        for (int number = 0; number < WITNESSES.size(); number++) {
            lines.append("witness w")
                    .append(number)
                    .append(' ')
                    .append(WITNESSES.get(number).key().text())
                    .append('\n');
        }
        return lines.toString();
    }

    private static TlogPolicy policy(String text) throws NoteRefused {
        return TlogPolicy.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static SignedNote note(int... cosigners) {
        SignedNote note = LOG.sign(7, new byte[32], NOW);
        for (int cosigner : cosigners) {
            note = WITNESSES.get(cosigner).cosign(note, NOW);
        }
        return note;
    }

    private static boolean accepts(TlogPolicy policy, SignedNote note) throws NoteRefused {
        try {
            policy.verify(note, TlogCheckpoint.parse(note.text()), SIGNING);
            return true;
        } catch (NoteRefused e) {
            return false;
        }
    }

    @Test
    void a_quorum_of_groups_counts_as_the_specification_counts_it() throws Exception {
        TlogPolicy policy = policy("# comment\n\n\t" + LOG_LINE + witnessLines()
                + "group X 2 w0 w1 w2\ngroup Y any w3 w4\n  group\tboth  all X Y \nquorum both\n");
        assertThat(accepts(policy, note(0, 2, 4))).isTrue();
        assertThat(accepts(policy, note(0, 1, 2))).isFalse();
        assertThat(accepts(policy, note(0, 3, 4))).isFalse();
        assertThat(accepts(policy, note())).isFalse();
        assertThat(policy.verify(note(0, 1, 3), TlogCheckpoint.parse(note().text()), SIGNING)
                        .cosignatures())
                .hasSize(3);
    }

    @Test
    void without_a_quorum_the_log_alone_decides_and_lines_of_others_are_counted() throws Exception {
        TlogPolicy policy = policy(LOG_LINE + "quorum none\n");
        SignedNote note = note(1);
        TlogPolicy.Verdict verdict = policy.verify(note, TlogCheckpoint.parse(note.text()), SIGNING);
        assertThat(verdict.logKeys()).hasSize(1);
        assertThat(verdict.unknownLines()).isEqualTo(2);
        TlogPolicy other = policy(
                "log " + TestSigners.log("example.com/log", 9).keys().getFirst().text() + "\nquorum none\n");
        assertThat(accepts(other, note)).isFalse();
    }

    @Test
    void the_same_cosignature_twice_is_one() throws Exception {
        TlogPolicy policy = policy(LOG_LINE + witnessLines() + "group X 2 w0 w1\nquorum X\n");
        assertThat(accepts(policy, note(0, 0))).isFalse();
    }

    @Test
    void a_policy_that_is_not_of_the_form_is_refused_with_its_line() {
        String witness = "witness a " + WITNESSES.getFirst().key().text() + "\n";
        for (String bad : List.of(
                LOG_LINE,
                LOG_LINE + "quorum none",
                LOG_LINE + "quorum none\nquorum none\n",
                LOG_LINE + LOG_LINE + "quorum none\n",
                witness + witness.replace(" a ", " b ") + "quorum a\n",
                "quorum a\n" + witness,
                witness + "group g 2 a\nquorum g\n",
                witness + "group g 0 a\nquorum g\n",
                witness + "group g any b\nquorum g\n",
                witness + "group g any\nquorum none\n",
                witness + "group none any a\nquorum none\n",
                witness + "group g any a\ngroup h any a\nquorum h\n",
                witness.replace("witness a", "log") + "quorum none\n",
                "witness a " + LOG.keys().getFirst().text() + "\nquorum none\n",
                "doctor x\nquorum none\n",
                "quorum none\r\n",
                "witness a b\nquorum none\n")) {
            assertThatExceptionOfType(NoteRefused.class)
                    .as(bad)
                    .isThrownBy(() -> policy(bad))
                    .withMessageContaining("policy");
        }
    }
}
