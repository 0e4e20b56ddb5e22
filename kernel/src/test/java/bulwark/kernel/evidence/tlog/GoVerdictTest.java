package bulwark.kernel.evidence.tlog;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.signing.Signing;
import bulwark.testkit.GoProgram;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our trees and notes beside {@code sumdb/tlog} and {@code sumdb/note}, which we did not write. */
@Timeout(400)
class GoVerdictTest {
    private static final int NOTES = 1_000;
    private static final Signing SIGNING = Signing.fastest();
    private static final CheckpointSigner LOG = TestSigners.log("example.com/log");
    private static final NoteKey KEY = LOG.keys().getFirst();

    @TempDir
    Path folder;

    @Test
    void ten_thousand_random_trees_and_a_thousand_changed_notes_are_the_same_to_go() throws Exception {
        List<RandomTree> trees = RandomTree.some(10_000, 1962);
        List<byte[]> notes = notes();
        List<String> answers = ask(trees, notes).lines().toList();
        assertThat(answers).hasSize(trees.size() + notes.size() + 1);
        for (int at = 0; at < trees.size(); at++) {
            assertThat(answer(trees.get(at))).isEqualTo(answers.get(at));
        }
        long accepted = 0;
        for (int at = 0; at < notes.size(); at++) {
            accepted += compare(notes.get(at), answers.get(trees.size() + at).equals("accepted")) ? 1 : 0;
        }
        // The first is as it was signed; a changed one passes both when the change is in the line that neither knows.
        assertThat(accepted).isPositive().isLessThan(NOTES);
        String[] signedByGo = answers.getLast().split(" ", -1);
        SignedNote note = SignedNote.parse(HexFormat.of().parseHex(signedByGo[1]));
        assertThat(NoteKey.parse(signedByGo[0]).verify(note, TlogCheckpoint.parse(note.text()), SIGNING))
                .isNotNull();
    }

    private String ask(List<RandomTree> trees, List<byte[]> notes) throws Exception {
        Path source =
                Path.of(GoVerdictTest.class.getResource("/go/tlog/main.go").toURI());
        Path treeFile = Files.write(
                folder.resolve("trees"),
                trees.stream()
                        .map(tree -> tree.number() + " " + tree.size() + " " + tree.index() + " " + tree.earlier())
                        .toList());
        List<String> lines = new ArrayList<>(List.of(KEY.text()));
        notes.forEach(note -> lines.add(HexFormat.of().formatHex(note)));
        Path noteFile = Files.write(folder.resolve("notes"), lines);
        return GoProgram.compile(source, folder).run(folder, treeFile, noteFile);
    }

    private static String answer(RandomTree asked) throws Exception {
        GrownTree grown = GrownTree.of(asked.data());
        TreeProver prover = grown.prover();
        return text(List.of(grown.range.root())) + " " + text(prover.inclusion(asked.index(), asked.size())) + " "
                + text(prover.consistency(asked.earlier(), asked.size()));
    }

    private static String text(List<byte[]> hashes) {
        return hashes.stream().map(Base64.getEncoder()::encodeToString).collect(Collectors.joining(","));
    }

    private static List<byte[]> notes() {
        byte[] good = LOG.sign(12, new byte[32], Instant.EPOCH).note().getBytes(StandardCharsets.UTF_8);
        // The line of ML-DSA is long, and nothing in it is known to the key that Go has.
        int interesting = new String(good, StandardCharsets.UTF_8).lastIndexOf('\u2014');
        Random random = new Random(5);
        List<byte[]> notes = new ArrayList<>(List.of(good));
        while (notes.size() < NOTES) {
            byte[] note = good.clone();
            int at = random.nextInt(notes.size() % 10 == 0 ? note.length : interesting);
            note[at] = random.nextBoolean() ? (byte) (note[at] ^ (1 << random.nextInt(8))) : (byte) random.nextInt(256);
            notes.add(note);
        }
        return notes;
    }

    /** Ours takes one text for a signature where Go takes several, whose unused bits differ; in all else they agree. */
    private static boolean compare(byte[] bytes, boolean acceptedByGo) {
        boolean accepted;
        try {
            SignedNote note = SignedNote.parse(bytes);
            accepted = KEY.verify(note, TlogCheckpoint.parse(note.text()), SIGNING) != null;
        } catch (NoteRefused e) {
            accepted = false;
        }
        if (accepted != acceptedByGo) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            assertThat(accepted).as(text).isFalse();
            assertThat(text.lines())
                    .as(text)
                    .anyMatch(line -> line.endsWith("=") && !isCanonical(line.substring(line.lastIndexOf(' ') + 1)));
        }
        return accepted;
    }

    private static boolean isCanonical(String base64) {
        try {
            return Base64.getEncoder()
                    .encodeToString(Base64.getDecoder().decode(base64))
                    .equals(base64);
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
