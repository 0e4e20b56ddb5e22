package bulwark.kernel.evidence.log;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictJson.JsonRefused;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a service answers: an entry with a fault, or no entry. Nothing that this test can make is signed by the public service. */
class RekorAnswerFuzzTest {
    private static final RekorKeys KEYS = RekorKeys.ofPublicService();
    private static final String BASE64 = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String NOTE =
            "rekor.test - 17\n1\n" + BASE64 + "\nTimestamp: 1\n\n\u2014 rekor.test wNI9ajAA\n";
    private static final byte[] SEED = StrictJson.write(Map.of(
            "24296fb24b8ad77a",
            Map.of(
                    "body",
                    BASE64,
                    "logID",
                    "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d",
                    "logIndex",
                    0L,
                    "integratedTime",
                    1_700_000_000L,
                    "verification",
                    Map.of(
                            "signedEntryTimestamp",
                            "MAA=",
                            "inclusionProof",
                            Map.of(
                                    "hashes",
                                    List.of("00".repeat(32)),
                                    "logIndex",
                                    0L,
                                    "treeSize",
                                    2L,
                                    "rootHash",
                                    "00".repeat(32),
                                    "checkpoint",
                                    NOTE)))));

    @FuzzTest(maxDuration = "1m")
    void a_hostile_answer_is_never_believed(byte[] bytes) {
        RekorAnswer answer;
        try {
            answer = RekorAnswer.parse(bytes);
        } catch (JsonRefused e) {
            return;
        }
        if (answer != null) {
            assertThat(answer.fault(KEYS)).isNotNull();
            RekorCheckpoint tree = answer.checkpoint();
            if (tree != null) {
                assertThat(tree.isSignedBy(KEYS)).isFalse();
                RekorProof.isContinued(tree, tree, answer.proof());
            }
        }
    }

    @Test
    void mutations_of_an_answer_are_never_believed() {
        Random random = new Random(4711);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = SEED.clone();
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
            }
            a_hostile_answer_is_never_believed(bytes);
        }
    }

    @Test
    void mutations_of_a_note_are_never_believed() {
        Random random = new Random(4712);
        for (int round = 0; round < 5_000; round++) {
            byte[] note = NOTE.getBytes(StandardCharsets.UTF_8);
            note[random.nextInt(note.length)] = (byte) random.nextInt(128);
            RekorCheckpoint tree = RekorCheckpoint.parse(new String(note, StandardCharsets.UTF_8));
            assertThat(tree == null || !tree.isSignedBy(KEYS)).isTrue();
        }
    }
}
