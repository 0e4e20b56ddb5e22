package bulwark.acceptance.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.doctor.ProbeCatalogue;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.kernel.json.StrictJson;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** {@code docs/doctor.md} lists what the program lists, and requirements are ones that exist. */
class DoctorPageTest {
    private static final Path REPOSITORY = SharedMaterial.repository();
    private static final List<ProbeDescription> PROBES =
            ProbeCatalogue.all().stream().map(Probe::description).toList();

    @Test
    void the_page_has_a_row_for_each_probe_and_no_other() throws Exception {
        List<String> rows = Files.readAllLines(REPOSITORY.resolve("docs/doctor.md")).stream()
                .filter(line -> line.matches("\\| `[A-Z]+(-[A-Z]+)+-[0-9]{2}` \\| (critical|high|medium|low) \\|.*"))
                .toList();
        assertThat(rows)
                .containsExactlyElementsOf(PROBES.stream()
                        .map(probe -> "| `" + probe.id() + "` | "
                                + probe.severity().word() + " | " + probe.title() + " | " + probe.document() + " |")
                        .toList());
    }

    @Test
    void a_whole_visit_may_not_cost_more_requests_than_it_is_given() {
        assertThat(PROBES.stream().mapToInt(ProbeDescription::requests).sum()).isLessThanOrEqualTo(600);
    }

    @Test
    void each_requirement_is_one_of_the_standard() throws Exception {
        Path standard = SharedMaterial.require("asvs/asvs-5.0.0-flat.json");
        Set<String> known = new HashSet<>();
        StrictJson.parse(Files.readAllBytes(standard))
                .path("requirements")
                .forEach(requirement -> known.add(requirement.path("req_id").asString("")));
        assertThat(PROBES).allSatisfy(probe -> {
            assertThat(probe.requirements()).as(probe.id()).isNotEmpty();
            assertThat(known).as(probe.id()).containsAll(probe.requirements());
        });
    }
}
