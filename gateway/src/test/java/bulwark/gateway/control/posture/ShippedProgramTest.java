package bulwark.gateway.control.posture;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.posture.Observation.Verdict;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program beside its bill of materials. */
class ShippedProgramTest {
    @TempDir
    private Path folder;

    private Path jar;
    private Path library;

    @BeforeEach
    void install() throws Exception {
        jar = Files.writeString(folder.resolve("bulwark.jar"), "the program");
        library = Files.writeString(
                Files.createDirectories(folder.resolve("native")).resolve("libone.so"), "a library");
        Map<String, Object> bill = Map.of(
                "metadata", Map.of("component", Map.of("hashes", hashes("the program"))),
                "components",
                        List.of(
                                Map.of("type", "library", "name", "x", "hashes", hashes("x")),
                                Map.of("type", "file", "name", "libone.so", "hashes", hashes("a library"))));
        Files.write(folder.resolve("sbom.json"), StrictJson.write(bill));
    }

    private static List<Map<String, Object>> hashes(String content) {
        return List.of(Map.of("alg", "SHA-256", "content", Digests.sha256Hex(content)));
    }

    @Test
    void a_program_as_its_bill_names_it_passes_and_names_what_it_was_compared_with() {
        Observation seen = new ShippedProgram(jar).observe();
        assertThat(seen.verdict()).isEqualTo(Verdict.PASS);
        assertThat(seen.evidence())
                .containsEntry("libraries", 1)
                .containsEntry("program_sha256", Digests.sha256Hex("the program"));
    }

    @Test
    void a_file_that_was_replaced_while_the_program_runs_is_found() throws Exception {
        ShippedProgram program = new ShippedProgram(jar);
        assertThat(program.observe().verdict()).isEqualTo(Verdict.PASS);
        Files.writeString(jar, "another");
        Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(program.observe().verdict()).isEqualTo(Verdict.FAIL);
        assertThat(program.observe().evidence().get("differing")).isEqualTo(List.of("bulwark.jar"));
        Files.writeString(jar, "the program");
        Files.delete(library);
        assertThat(new ShippedProgram(jar).observe().evidence().get("differing"))
                .isEqualTo(List.of("libone.so"));
    }

    @Test
    void a_bill_that_is_no_json_fails_and_none_at_all_is_not_judged() throws Exception {
        Files.writeString(folder.resolve("sbom.json"), "{");
        assertThat(new ShippedProgram(jar).observe().verdict()).isEqualTo(Verdict.FAIL);
        Files.delete(folder.resolve("sbom.json"));
        assertThat(new ShippedProgram(jar).observe().verdict()).isEqualTo(Verdict.NOT_OBSERVED);
        assertThat(new ShippedProgram(null).observe().verdict()).isEqualTo(Verdict.NOT_OBSERVED);
    }
}
