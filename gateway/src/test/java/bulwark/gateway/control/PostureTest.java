package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Score and reports follow from what is there: each fault is planted, found with its evidence, and gone when it is mended. */
class PostureTest {
    @TempDir
    private Path folder;

    private ControlFixture control;

    @BeforeEach
    void start() throws Exception {
        control = ControlFixture.start(folder);
    }

    @AfterEach
    void stop() {
        control.close();
    }

    private JsonNode observation(String code) throws Exception {
        return control.admin("acme", "GET", "/v1/security/acme/score")
                .is(200)
                .json()
                .path("observations")
                .valueStream()
                .filter(each -> each.path("code").asString().equals(code))
                .findFirst()
                .orElseThrow();
    }

    private String verdict(String code) throws Exception {
        return observation(code).path("verdict").asString();
    }

    private double score() throws Exception {
        return control.admin("acme", "GET", "/v1/security/acme/score")
                .is(200)
                .json()
                .path("score")
                .asDouble();
    }

    @Test
    void a_planted_fault_is_found_with_its_evidence_and_costs_what_its_severity_says() throws Exception {
        assertThat(verdict("backends_encrypted")).isEqualTo("not_observed");
        assertThat(verdict("audit_chain")).isEqualTo("pass");
        double before = score();
        String api = control.api("acme", "orders", "http://127.0.0.1:9");
        assertThat(observation("backends_encrypted").path("verdict").asString()).isEqualTo("fail");
        assertThat(observation("backends_encrypted")
                        .path("evidence")
                        .path("ids")
                        .toString())
                .contains(api);
        assertThat(score()).isEqualTo(before - 5);
        control.admin("acme", "PUT", "/v1/tenants/acme/apis/" + api, Map.of("backend_url", "https://127.0.0.1:9"))
                .is(200);
        assertThat(verdict("backends_encrypted")).isEqualTo("pass");
        assertThat(score()).isEqualTo(before);

        String plan = control.plan("acme", "open", Map.of("requires_approval", false));
        Answer subscription = control.subscribe("acme", api, plan, control.consumer("acme", "shop"))
                .is(201);
        assertThat(verdict("calls_limited")).isEqualTo("fail");
        control.admin("acme", "PUT", "/v1/plans/acme/" + plan, Map.of("daily_request_limit", 10))
                .is(200);
        assertThat(verdict("calls_limited")).isEqualTo("pass");
        assertThat(verdict("approved_by_somebody")).isEqualTo("fail");
        assertThat(verdict("keys_fresh")).isEqualTo("pass");
        control.clock.advance(Duration.ofDays(91));
        assertThat(observation("keys_fresh").path("evidence").path("ids").toString())
                .contains(subscription.text("id"));
        control.admin("acme", "POST", "/v1/service-accounts", Map.of("name", "ci", "roles", List.of("tenant-admin")))
                .is(201);
        assertThat(verdict("least_privilege")).isEqualTo("fail");
        control.operator("POST", "/v1/admin/gateways", Map.of("name", "edge")).is(201);
        assertThat(verdict("gateways_in_sync")).isEqualTo("fail");
        control.owner("/owner/administrators/add", Map.of("subject", "root"));
        assertThat(verdict("administrators_named")).isEqualTo("pass");
    }

    @Test
    void a_report_has_the_pages_rows_and_its_disclaimer_and_claims_nothing_that_was_not_seen() throws Exception {
        for (String framework : List.of("DORA", "NIS2")) {
            Answer report = control.admin("acme", "GET", "/v1/security/acme/compliance/" + framework)
                    .is(200);
            assertThat(report.json().path("rows")).hasSize(5);
            for (JsonNode row : report.json().path("rows")) {
                boolean seen = row.path("observations")
                        .valueStream()
                        .anyMatch(each -> each.path("verdict").asString().equals("pass"));
                boolean failed = row.path("observations")
                        .valueStream()
                        .anyMatch(each -> each.path("verdict").asString().equals("fail"));
                assertThat(row.path("status").asString())
                        .as("%s", row)
                        .isEqualTo(failed ? "not_met" : seen ? "met" : "not_observed");
            }
        }
        control.as(bulwark.gateway.permission.Role.DEVOPS, "acme", "GET", "/v1/security/acme/score")
                .is(403);
    }

    @Test
    void the_rows_and_the_disclaimer_are_the_pages_own() throws Exception {
        String page = Files.readString(SharedMaterial.require("seeds/gateway-stoa-security-hardening.txt"));
        for (String framework : List.of("DORA", "NIS2")) {
            Answer report = control.admin("acme", "GET", "/v1/security/acme/compliance/" + framework)
                    .is(200);
            assertThat(page).contains(report.text("disclaimer"));
            for (JsonNode row : report.json().path("rows")) {
                assertThat(page)
                        .contains(row.path("requirement").asString()
                                + row.path("capability").asString());
            }
        }
    }

    @Test
    void resilience_is_met_by_a_report_of_the_arena_and_by_a_second_gateway() throws Exception {
        assertThat(row("DORA", "Operational resilience testing").path("status").asString())
                .isEqualTo("not_observed");
        Path report = folder.resolve("arena.txt");
        control.close();
        control = new ControlFixture(folder, Map.of("STOA_POSTURE__ARENA_REPORT_FILE", report.toString()));
        assertThat(verdict("resilience_tested")).as("the file is not there").isEqualTo("fail");
        String table =
                "| proxy | both are well | score |\n|---|---|---|\n| gateway, with a record of each call | 99.0: x | **%s** |\n"
                        + "| HAProxy | 97.0: x | **97.0** |\n";
        Files.writeString(report, table.formatted("98.4"));
        Files.setLastModifiedTime(report, FileTime.from(control.clock.instant()));
        assertThat(observation("resilience_tested").path("evidence").toString()).contains("98.4", "HAProxy");
        assertThat(row("DORA", "Operational resilience testing").path("status").asString())
                .isEqualTo("met");
        control.clock.advance(Duration.ofDays(91));
        assertThat(verdict("resilience_tested")).isEqualTo("fail");
        Files.writeString(report, table.formatted("61.0"));
        Files.setLastModifiedTime(report, FileTime.from(control.clock.instant()));
        assertThat(verdict("resilience_tested")).isEqualTo("fail");
        Files.writeString(report, "nothing of the kind");
        assertThat(verdict("resilience_tested")).isEqualTo("fail");

        assertThat(verdict("gateways_redundant")).isEqualTo("not_observed");
        for (String name : List.of("first", "second")) {
            assertThat(verdict("gateways_redundant")).isNotEqualTo("pass");
            Answer gateway = control.operator("POST", "/v1/admin/gateways", Map.of("name", name))
                    .is(201);
            control.call(
                            "POST",
                            "/v1/internal/gateways/" + gateway.text("id") + "/heartbeat",
                            Map.of("uptime_seconds", 1),
                            Map.of("X-Gateway-Key", gateway.text("gateway_key")))
                    .is(204);
        }
        assertThat(verdict("gateways_redundant")).isEqualTo("pass");
    }

    @Test
    void findings_of_scanners_count_until_the_next_report_of_the_same_tool() throws Exception {
        String all = "/v1/security/acme";
        double before = score();
        Map<String, Object> high = Map.of("id", "CVE-1", "severity", "high", "title", "a library");
        Map<String, Object> low = Map.of("id", "CVE-2", "severity", "low", "title", "another");
        report("trivy", List.of(high, low));
        assertThat(score()).isEqualTo(before - 5.5);
        JsonNode found = control.admin("acme", "GET", all + "/findings?severity=high")
                .is(200)
                .json();
        assertThat(found.path("items").valueStream().map(each -> each.path("id").asString()))
                .contains("CVE-1")
                .doesNotContain("CVE-2");
        report("zap", List.of(low));
        report("trivy", List.of());
        assertThat(score()).isEqualTo(before - 0.5);
        assertThat(control.admin("acme", "GET", all + "/scans")
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(3);
        assertThat(control.admin("other", "GET", "/v1/security/other/scans")
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
        control.admin(
                        "acme",
                        "POST",
                        all + "/ingest",
                        Map.of(
                                "tool",
                                "trivy",
                                "findings",
                                List.of(Map.of("id", "x", "severity", "worst", "title", "t"))))
                .is(422);
    }

    private void report(String tool, List<Map<String, Object>> findings) throws Exception {
        control.clock.advance(Duration.ofSeconds(1));
        control.as(
                        bulwark.gateway.permission.Role.DEVOPS,
                        "acme",
                        "POST",
                        "/v1/security/acme/ingest",
                        Map.of("tool", tool, "findings", findings))
                .is(201);
    }

    @Test
    void what_differs_from_the_baseline_is_told_with_what_it_was() throws Exception {
        String all = "/v1/security/acme";
        control.admin("acme", "GET", all + "/drift").is(404);
        control.admin("acme", "POST", all + "/baseline").is(200);
        assertThat(control.admin("acme", "GET", all + "/drift")
                        .is(200)
                        .json()
                        .path("drifted")
                        .asBoolean())
                .isFalse();
        control.api("acme", "orders", "http://127.0.0.1:9");
        JsonNode drift = control.admin("acme", "GET", all + "/drift").is(200).json();
        assertThat(drift.path("changes").get(0).path("code").asString()).isEqualTo("backends_encrypted");
        assertThat(drift.path("changes").get(0).path("was").asString()).isEqualTo("not_observed");
        assertThat(drift.path("changes").get(0).path("is").asString()).isEqualTo("fail");
        String plan = control.plan("acme", "open", Map.of("requires_approval", false));
        String api = control.api("acme", "more", "http://127.0.0.1:9");
        Answer subscription = control.subscribe("acme", api, plan, control.consumer("acme", "shop"))
                .is(201);
        control.clock.advance(Duration.ofDays(91));
        JsonNode health =
                control.admin("acme", "GET", all + "/secrets/health").is(200).json();
        assertThat(health.path("older_than_90_days").asInt()).isEqualTo(1);
        assertThat(health.path("holders_to_rotate").get(0).asString()).isEqualTo(subscription.text("id"));
        assertThat(control.admin("acme", "GET", all + "/token-binding")
                        .is(200)
                        .json()
                        .path("bound_to_sender")
                        .asInt())
                .isZero();
    }

    private JsonNode row(String framework, String requirement) throws Exception {
        return control.admin("acme", "GET", "/v1/security/acme/compliance/" + framework)
                .is(200)
                .json()
                .path("rows")
                .valueStream()
                .filter(each -> each.path("requirement").asString().equals(requirement))
                .findFirst()
                .orElseThrow();
    }
}
