package bulwark.doctor.report;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Before the schema of NIST. */
class OscalReportTest {
    private static Schema schema;

    @BeforeAll
    static void read() throws Exception {
        try (InputStream in = Objects.requireNonNull(
                OscalReportTest.class.getResourceAsStream("/schema/json/oscal-ar_schema.json"))) {
            schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
                    .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
        }
    }

    private static List<String> faults(byte[] document) {
        return schema.validate(new String(document, StandardCharsets.UTF_8), InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void the_schema_of_nist_accepts_it_and_refuses_what_is_planted() {
        for (Report report : List.of(SampleReports.whole(), SampleReports.partial(), SampleReports.empty())) {
            assertThat(faults(OscalReport.of(report))).isEmpty();
        }
        String good = new String(OscalReport.of(SampleReports.whole()), StandardCharsets.UTF_8);
        assertThat(faults(good.replace("not-satisfied", "unsatisfied").getBytes(StandardCharsets.UTF_8)))
                .isNotEmpty();
        assertThat(faults(good.replace("\"methods\"", "\"ways\"").getBytes(StandardCharsets.UTF_8)))
                .isNotEmpty();
    }

    @Test
    void what_could_not_be_looked_at_is_never_satisfied_and_what_does_not_apply_is_no_finding() {
        JsonNode result =
                StrictJson.parse(OscalReport.of(SampleReports.whole())).at("/assessment-results/results/0");
        assertThat(result.path("findings")
                        .valueStream()
                        .map(finding -> finding.at("/target/target-id").asString("")
                                + " "
                                + finding.at("/target/status/state").asString("")
                                + " "
                                + finding.at("/target/status/reason").asString("")))
                .containsExactly(
                        "FACTS-LOG-02 satisfied pass",
                        "FACTS-TLS-01 not-satisfied fail",
                        "HOST-DISK-01 not-satisfied fail",
                        "HOST-FILES-01 satisfied pass",
                        "HOST-PORTS-02 not-satisfied fail",
                        "TASKS-LIVE-01 not-satisfied other");
        assertThat(result.path("observations").size()).isEqualTo(7);
    }

    @Test
    void one_report_is_one_file() {
        assertThat(OscalReport.of(SampleReports.whole())).isEqualTo(OscalReport.of(SampleReports.whole()));
    }
}
