package bulwark.doctor.report;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Before the validator of the people who made SARIF. */
@Timeout(120)
class SarifReportTest {
    private static final String PROGRAM =
            ".bulwark/tools/sarif/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool";

    @TempDir
    Path folder;

    /** Rules of the schema and of the standard that the file breaks; empty for a valid one. */
    private List<String> errors(byte[] sarif) throws Exception {
        Path program = SharedMaterial.repository().resolve(PROGRAM);
        if (!Files.isRegularFile(program)) {
            String sentence =
                    PROGRAM + " is not there: this test needs it and proves nothing without (./bulwark test brings it)";
            Assertions.assertNotEquals("true", System.getenv("CI"), sentence);
            Assumptions.abort("SKIPPED: " + sentence);
        }
        // Its archive has no executable files.
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path file = Files.write(folder.resolve("report.sarif"), sarif);
        Path verdict = folder.resolve("verdict.sarif");
        Files.deleteIfExists(verdict);
        Shell.Outcome outcome = Shell.run(
                folder,
                Map.of("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1", "HOME", folder.toString()),
                Duration.ofMinutes(1),
                List.of(program.toString(), "validate", file.toString(), "--output", verdict.toString()));
        assertThat(verdict).as(outcome.out() + outcome.err()).exists();
        String text = Files.readString(verdict);
        JsonNode log = StrictJson.parse(text.substring(text.indexOf('{')).getBytes(StandardCharsets.UTF_8));
        return log.at("/runs/0/results")
                .valueStream()
                .filter(result -> result.path("level").asString("warning").equals("error"))
                .map(result -> result.path("ruleId").asString("") + " " + result.path("message"))
                .toList();
    }

    @Test
    void its_own_multitool_finds_no_error_and_finds_one_that_is_planted() throws Exception {
        assertThat(errors(SarifReport.of(SampleReports.partial()))).isEmpty();
        String broken = new String(SarifReport.of(SampleReports.whole()), StandardCharsets.UTF_8)
                .replace("\"columnKind\"", "\"columnSort\"");
        assertThat(errors(broken.getBytes(StandardCharsets.UTF_8))).isNotEmpty();
    }

    @Test
    void each_verdict_has_the_kind_that_the_standard_has_for_it() {
        JsonNode run = StrictJson.parse(SarifReport.of(SampleReports.partial())).at("/runs/0");
        assertThat(run.path("results")
                        .valueStream()
                        .map(result -> result.path("kind").asString("") + " "
                                + result.path("level").asString("")))
                .containsExactly(
                        "pass none",
                        "fail error",
                        "fail warning",
                        "review none",
                        "fail error",
                        "notApplicable none",
                        "open none");
        assertThat(run.at("/results/4/suppressions/0/justification").asString(""))
                .contains("J. <Doe>");
        assertThat(run.at("/invocations/0/executionSuccessful").asBoolean(true)).isFalse();
    }
}
