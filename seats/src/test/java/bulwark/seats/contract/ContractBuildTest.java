package bulwark.seats.contract;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.testkit.ChainPrograms;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(900)
class ContractBuildTest {
    private static final Path SOURCES = SharedMaterial.repository().resolve("seats/src/contracts");

    @TempDir
    private Path folder;

    /** Whoever reads the sources reads what the program deploys and pins. */
    @Test
    void the_committed_code_is_byte_for_byte_what_the_compiler_makes_of_the_sources() throws Exception {
        Shell.Outcome outcome = Shell.run(
                folder,
                Map.of(),
                Duration.ofMinutes(14),
                List.of(
                        "node",
                        SOURCES.resolve("compile.cjs").toString(),
                        ChainPrograms.modules().toString()));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        JsonNode compiled = StrictJson.parse(outcome.out().getBytes(StandardCharsets.UTF_8));
        for (ContractCode code : ContractCode.values()) {
            JsonNode contract = compiled.path(code.contract());
            assertThat(HexText.of(code.creation()))
                    .isEqualTo("0x" + contract.path("creation").asString());
            assertThat(HexText.of(code.runtime()))
                    .isEqualTo("0x" + contract.path("runtime").asString());
            assertThat(StrictJson.parse(code.abiJson().getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(contract.path("abi"));
        }
    }

    @Test
    void money_is_conserved_and_nobody_else_gets_through_in_every_order_of_calls() throws Exception {
        Shell.Outcome outcome = forge(Map.of());
        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isZero();
        assertThat(outcome.out()).contains("6 tests passed");
    }

    /** The same calls find what is missing when a rule of the vault and one of the gate are taken out. */
    @Test
    void the_invariants_fail_when_a_rule_is_taken_out_of_vault_or_gate() throws Exception {
        Shell.Outcome outcome = forge(Map.of(
                "function proposeBeneficiary(address to) external onlyBeneficiary",
                "function proposeBeneficiary(address to) external",
                "if (pubkeyAllowlistEnabled) consume(",
                "if (false) consume("));
        assertThat(outcome.exitCode()).isNotZero();
        assertThat(outcome.out())
                .contains("[FAIL: stranger]")
                .containsPattern("\\[FAIL: (not listed|consumed|key twice)\\]");
    }

    /** @param replacements of what stands in one of the sources; empty for the sources as they are */
    private Shell.Outcome forge(Map<String, String> replacements) throws Exception {
        Path project = Files.createTempDirectory(folder, "forge");
        int replaced = 0;
        try (var sources = Files.walk(SOURCES)) {
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                Path copy = project.resolve(SOURCES.relativize(source).toString());
                Files.createDirectories(copy.getParent());
                String text = Files.readString(source);
                for (Map.Entry<String, String> each : replacements.entrySet()) {
                    replaced += text.contains(each.getKey()) ? 1 : 0;
                    text = text.replace(each.getKey(), each.getValue());
                }
                Files.writeString(copy, text);
            }
        }
        assertThat(replaced).isEqualTo(replacements.size());
        Path compiler = project.resolve("solc.cjs");
        assertThat(compiler.toFile().setExecutable(true)).isTrue();
        return Shell.run(
                project,
                Map.of(
                        "HOME",
                        project.toString(),
                        "SOLC_MODULES",
                        ChainPrograms.modules().toString(),
                        "NO_COLOR",
                        "1"),
                Duration.ofMinutes(14),
                List.of(
                        ChainPrograms.forge().toString(),
                        "test",
                        "--offline",
                        "--color",
                        "never",
                        "--use",
                        compiler.toString()));
    }
}
