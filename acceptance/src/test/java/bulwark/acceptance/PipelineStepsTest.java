package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictYaml;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The steps of a pipeline under deploy/ci: each is called by the pipeline, does its work, and fails where it cannot. */
class PipelineStepsTest {
    private static final Path REPOSITORY = SharedMaterial.repository();
    private static final Path STEPS = REPOSITORY.resolve("deploy/ci");

    @TempDir
    private Path folder;

    private Shell.Outcome step(String script) throws Exception {
        return Shell.bash(folder, Map.of(), Duration.ofMinutes(1), script.replace("STEPS", STEPS.toString()));
    }

    @Test
    void the_pipeline_calls_every_step_and_each_step_is_there() throws Exception {
        List<String> called = new ArrayList<>();
        JsonNode pipeline = StrictYaml.parse(Files.readString(STEPS.resolve("pipeline.yaml")), 1 << 16);
        for (JsonNode job : pipeline.path("jobs")) {
            for (JsonNode each : job.path("steps")) {
                if (each.has("run")) {
                    called.add(each.path("run").asString("").split(" ")[0]);
                }
            }
        }
        assertThat(called).contains(".ci/run").allMatch(program -> Files.isExecutable(REPOSITORY.resolve(program)));
        try (var scripts = Files.list(STEPS)) {
            assertThat(scripts.map(Path::getFileName).map(Path::toString).filter(name -> name.endsWith(".sh")))
                    .isNotEmpty()
                    .allMatch(name -> called.contains("deploy/ci/" + name));
        }
    }

    @Test
    void the_bill_of_materials_of_this_build_is_checked_and_kept() throws Exception {
        RequiredProgram.onThePath("jq");
        Shell.Outcome kept = step("STEPS/sbom.sh out/sbom.json");
        assertThat(kept.exitCode()).as("%s", kept).isZero();
        assertThat(kept.out()).contains("components in out/sbom.json, each with its SHA-256");
        assertThat(folder.resolve("out/sbom.json"))
                .hasSameBinaryContentAs(REPOSITORY.resolve(".bulwark/program/sbom.json"));
    }

    @Test
    void a_library_that_nobody_looked_at_and_one_without_a_digest_are_found() throws Exception {
        RequiredProgram.onThePath("jq");
        String sbom = REPOSITORY.resolve(".bulwark/program/sbom.json").toString();
        step("jq '(.components[] | select(.name == \"netty-handler\") | .hashes[0].content) = \"00\"' '" + sbom
                + "' > changed.json && jq 'del(.components[] | select(.name == \"netty-handler\") | .hashes)' '" + sbom
                + "' > without.json");
        Shell.Outcome changed = step("STEPS/sbom.sh out.json changed.json");
        assertThat(changed.exitCode()).isEqualTo(1);
        assertThat(changed.err()).contains("netty-handler").contains("(00) is not in dependencies.sha256");
        Shell.Outcome without = step("STEPS/sbom.sh out.json without.json");
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.err()).contains("netty-handler").contains("has no SHA-256");
        assertThat(folder.resolve("out.json")).doesNotExist();
    }

    @Test
    void a_scan_that_was_not_made_is_no_scan_that_found_nothing() throws Exception {
        Shell.Outcome absent = step("PATH=/nowhere /bin/bash STEPS/scan-image.sh image:tag report.json");
        assertThat(absent.exitCode()).isEqualTo(2);
        assertThat(absent.err()).contains("needs trivy").contains("nothing was scanned");
        assertThat(step("STEPS/scan-image.sh image:tag").exitCode())
                .as("an argument is missing")
                .isEqualTo(2);
        assertThat(folder.resolve("report.json")).doesNotExist();
    }

    @Test
    void the_gate_of_signatures_takes_a_base_and_a_file_of_signers() throws Exception {
        Shell.Outcome none = step("git init -q . && : > signers && STEPS/commit-signatures.sh signers");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("holds no allowed signers");
        assertThat(step("STEPS/commit-signatures.sh").exitCode()).isEqualTo(2);
    }
}
