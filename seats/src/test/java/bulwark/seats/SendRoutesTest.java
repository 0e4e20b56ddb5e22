package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.send.ResumeRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The pause of all sends through the API: easy to begin, and ended by several people alone. */
@Timeout(180)
class SendRoutesTest {
    private static final Signing SIGNING = Signing.fastest();

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-06-01T08:00:00Z"));
    private SeatsUnderTest seats;
    private SignedIn admin;
    private ApproverKey anna;
    private ApproverKey root;

    @BeforeEach
    void start() throws Exception {
        SeatsUnderTest.deploy(folder);
        SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
        anna = ApproverKey.create(folder.resolve("anna.key"), "anna", SIGNING);
        root = ApproverKey.create(folder.resolve("root.key"), "root", SIGNING);
        Files.write(
                folder.resolve("approvers.json"),
                StrictJson.write(
                        Map.of("schema", "csm-approvers/1", "approvers", List.of(anna.listEntry(), root.listEntry()))));
        seats = SeatsUnderTest.start(folder, Map.of("SEAT_MANAGER_APPROVERS_FILE", "approvers.json"), clock);
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
    }

    @AfterEach
    void stop() {
        seats.close();
    }

    private static JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return SeatsUnderTest.json(response);
    }

    @Test
    void an_operator_pauses_and_only_an_approval_of_another_person_lets_sends_go_on() throws Exception {
        SignedIn olga = seats.user(admin, "olga", "OPERATOR");
        SignedIn vera = seats.user(admin, "vera", "VIEWER");
        assertThat(vera.call("POST", "/v1/sends/pause", Map.of("reason", "no")).statusCode())
                .isEqualTo(403);

        JsonNode state = ok(olga.call("POST", "/v1/sends/pause", Map.of("reason", "something looks odd")));
        assertThat(state.path("paused").asBoolean()).isTrue();
        ResumeRequest request = ResumeRequest.read(
                        StrictJson.write(state.path("pauses").get(0).path("resume")))
                .orElseThrow();
        assertThat(request.digest().text())
                .isEqualTo(state.path("pauses").get(0).path("digest").asString());
        assertThat(request.sentence()).contains("something looks odd");

        assertThat(olga.call("POST", "/v1/sends/resume", Map.of()).statusCode()).isEqualTo(403);
        assertThat(SeatsUnderTest.code(admin.call("POST", "/v1/sends/resume", Map.of())))
                .isEqualTo("APPROVALS_MISSING");
        ok(hand(root, request));
        assertThat(SeatsUnderTest.code(admin.call("POST", "/v1/sends/resume", Map.of())))
                .isEqualTo("APPROVAL_OF_PROPOSER");
    }

    @Test
    void an_approval_of_the_pause_lifts_it_and_one_of_another_pause_does_not() throws Exception {
        JsonNode state = ok(admin.call("POST", "/v1/sends/pause", Map.of("reason", "a drill")));
        ResumeRequest request = ResumeRequest.read(
                        StrictJson.write(state.path("pauses").get(0).path("resume")))
                .orElseThrow();
        ResumeRequest other = new ResumeRequest("9", request.code(), request.reason(), request.since());
        assertThat(SeatsUnderTest.code(hand(anna, other))).isEqualTo("APPROVAL_OF_ANOTHER_PLAN");
        ok(hand(anna, request));

        JsonNode resumed = ok(admin.call("POST", "/v1/sends/resume", Map.of()));

        assertThat(resumed.path("paused").asBoolean()).isFalse();
        assertThat(SeatsUnderTest.code(admin.call("POST", "/v1/sends/resume", Map.of())))
                .isEqualTo("NOT_PAUSED");
        seats.service().store().audited().audit().flush();
        assertThat(admin.get("/v1/audit-logs?action=sends_resumed").body()).contains("anna");
    }

    private HttpResponse<String> hand(ApproverKey key, ResumeRequest request) throws Exception {
        return admin.call(
                "POST",
                "/v1/sends/approvals",
                key.approve(request.digest(), Duration.ofHours(1), clock).json());
    }

    @Test
    void operations_and_evidence_are_empty_lists_before_anything_was_sent() throws Exception {
        assertThat(ok(admin.get("/v1/operations")).path("items").size()).isZero();
        assertThat(admin.get("/v1/operations/none").statusCode()).isEqualTo(404);
        assertThat(ok(admin.get("/v1/evidence")).path("items").size()).isZero();
        assertThat(ok(admin.call("POST", "/v1/evidence/verify", Map.of()))
                        .path("whole")
                        .asBoolean())
                .isTrue();
        assertThat(admin.get("/v1/evidence/" + "0".repeat(64)).statusCode()).isEqualTo(404);
    }

    @Test
    void the_owner_of_the_machine_pauses_and_is_told_what_reconcile_needs() throws Exception {
        Configuration settings = seats.configuration(folder);
        try (var owner = SeatManager.owner(() -> settings, folder, clock)) {
            assertThat(owner.post("/owner/sends/pause", StrictJson.write(Map.of("reason", "at night")))
                            .status())
                    .isEqualTo(200);
            assertThat(owner.post("/owner/sends/reconcile", StrictJson.write(Map.of()))
                            .status())
                    .isEqualTo(503);
            assertThat(owner.post("/owner/evidence/verify", StrictJson.write(Map.of()))
                            .status())
                    .isEqualTo(200);
        }
        assertThat(ok(admin.get("/v1/sends")).path("paused").asBoolean()).isTrue();
    }
}
