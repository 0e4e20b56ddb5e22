package bulwark.doctor.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.tlog.NoteRefused;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.SettableClock;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever bytes come: a refusal with a sentence, or a value that is written as it was read. */
class BundleFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    @FuzzTest(maxDuration = "1m")
    void a_bundle_is_refused_or_means_what_is_written(byte[] bytes) {
        try {
            PostureBundle read = PostureBundle.parse(bytes);
            assertThat(StrictJson.parse(read.json())).isEqualTo(StrictJson.parse(bytes));
        } catch (BundleRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void a_statement_is_refused_or_written_as_it_was_read(byte[] bytes) {
        try {
            assertThat(PostureStatement.parse(bytes).json()).isEqualTo(bytes);
        } catch (BundleRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @FuzzTest(maxDuration = "1m")
    void a_policy_is_refused_or_names_a_doctor(byte[] bytes) {
        try {
            assertThat(PosturePolicy.parse(bytes).doctors()).isNotEmpty();
        } catch (NoteRefused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }

    @Test
    void mutations_of_good_files_do_as_well(@TempDir Path folder) throws Exception {
        SettableClock clock = new SettableClock(NOW);
        byte[] bundle;
        byte[] policy;
        try (PostureArchive archive = PostureArchive.open(folder.resolve("doctor"), clock)) {
            bundle = Files.readAllBytes(archive.write(
                    folder.resolve("out"),
                    new byte[] {1},
                    Map.of(),
                    new PostureStatement.Visited("target", "visit", NOW, NOW),
                    new PostureStatement.Verdicts(
                            List.of("A-1", "A-2"), List.of(), List.of("B-1"), List.of(), List.of(), List.of()),
                    null));
            policy = Files.readAllBytes(archive.policyFile());
        }
        byte[] statement = PostureBundle.parse(bundle).envelope().payload();
        assertThat(new String(statement, StandardCharsets.UTF_8)).contains("\"result\":\"FAILED\"");
        Random random = new Random(1);
        for (int round = 0; round < 1_000; round++) {
            a_bundle_is_refused_or_means_what_is_written(mutated(bundle, random));
            a_statement_is_refused_or_written_as_it_was_read(mutated(statement, random));
            a_policy_is_refused_or_names_a_doctor(mutated(policy, random));
        }
    }

    private static byte[] mutated(byte[] good, Random random) {
        byte[] bytes = good.clone();
        for (int edits = random.nextInt(3); edits >= 0; edits--) {
            bytes[random.nextInt(bytes.length)] =
                    random.nextBoolean() ? (byte) random.nextInt(128) : bytes[random.nextInt(bytes.length)];
        }
        return bytes;
    }
}
