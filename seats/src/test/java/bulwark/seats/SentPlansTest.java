package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.send.TreasuryUnderTest;
import bulwark.testkit.AnvilChain;
import bulwark.testkit.RpcRelay;
import bulwark.testkit.RpcRelay.Fault;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A service with writes enabled, its signer, and a chain: what people approve is done once. */
@Timeout(180)
class SentPlansTest {
    private static final String WALLET = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
    private static final Duration TIMEOUT = Duration.ofSeconds(100);

    @TempDir
    Path folder;

    @TempDir
    Path signerFolder;

    private final SettableClock clock = new SettableClock(Instant.now());
    private AnvilChain chain;
    private RpcRelay one;
    private RpcRelay two;
    private TreasuryUnderTest treasury;
    private SeatsUnderTest seats;
    private SignedIn admin;
    private int requests;

    @BeforeEach
    void start() throws Exception {
        chain = AnvilChain.start();
        one = RpcRelay.before(chain.uri());
        two = RpcRelay.before(chain.uri());
        treasury = new TreasuryUnderTest(chain, signerFolder, 9);
        SeatsUnderTest.deploy(folder);
        SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
        Files.copy(
                signerFolder.resolve("approvers.json"),
                folder.resolve("approvers.json"),
                StandardCopyOption.REPLACE_EXISTING);
        seats = SeatsUnderTest.start(folder, settings(), clock);
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        admin.call("POST", "/v1/operators", Map.of("name", "North"));
    }

    private Map<String, String> settings() throws Exception {
        byte[] file = StrictJson.write(treasury.contracts.network().json());
        Files.write(folder.resolve("network.json"), file);
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_ENV", "development");
        settings.put("SEAT_MANAGER_NETWORK_FILE", "network.json");
        settings.put("SEAT_MANAGER_NETWORK_FILE_SHA256", Digests.sha256Hex(file));
        settings.put("SEAT_MANAGER_EL_RPC_URLS", "one=" + one.uri() + ",two=" + two.uri());
        settings.put("SEAT_MANAGER_MAX_HEAD_AGE_SECONDS", "3600");
        settings.put("SEAT_MANAGER_APPROVERS_FILE", "approvers.json");
        settings.put("SEAT_MANAGER_WRITES_ENABLED", "true");
        settings.put(
                "SEAT_MANAGER_SIGNER_SOCKET",
                signerFolder.resolve("signer.sock").toString());
        return settings;
    }

    @AfterEach
    void stop() {
        if (seats != null) {
            seats.close();
        }
        treasury.close();
        one.close();
        two.close();
        chain.close();
    }

    private static JsonNode ok(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return SeatsUnderTest.json(response);
    }

    private Plan approved() throws Exception {
        Map<String, Object> body = Map.of(
                "operatorId",
                "1",
                "pubkey",
                treasury.pubkey(),
                "beneficiary",
                WALLET,
                "claimDelaySeconds",
                86_400,
                "maxClaimPerPeriodWei",
                BigInteger.TEN.pow(18).toString());
        JsonNode made =
                ok(admin.call("POST", "/v1/seats/with-vault", body, "Idempotency-Key", "make-plan-" + ++requests), 201);
        Plan plan = PlanReader.read(made.at("/plan/plan"));
        ok(
                admin.call(
                        "POST",
                        "/v1/plans/" + plan.digest() + "/approvals",
                        treasury.approvals(plan).getFirst().json()),
                200);
        return plan;
    }

    private HttpResponse<String> send(Plan plan) throws Exception {
        String digest = plan.digest().text();
        return admin.call(
                "POST",
                "/v1/plans/" + digest + "/send",
                Map.of(),
                "Idempotency-Key",
                "send-plan-" + ++requests,
                "X-Step-Up-Token",
                admin.stepUp("send", digest));
    }

    private JsonNode settled(String operation) {
        Awaitility.await().atMost(TIMEOUT).until(() -> !status(operation).matches("QUEUED|RUNNING|SUBMITTED"));
        try {
            return ok(admin.get("/v1/operations/" + operation), 200);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private String status(String operation) throws Exception {
        return ok(admin.get("/v1/operations/" + operation), 200).path("status").asString();
    }

    @Test
    void an_approved_plan_is_sent_once_however_often_it_is_handed_over_and_its_evidence_is_whole() throws Exception {
        Plan plan = approved();
        String operation = ok(send(plan), 202).path("operationId").asString();
        assertThat(ok(send(plan), 202).path("operationId").asString()).isEqualTo(operation);

        JsonNode done = settled(operation);
        assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("CONFIRMED");
        assertThat(ok(send(plan), 202).path("operationId").asString()).isEqualTo(operation);
        assertThat(done.at("/transactions/0/nonce").asString()).isEqualTo("0");
        assertThat(treasury.mined()).isEqualTo(1);
        assertThat(treasury.signed()).isEqualTo(1);
        assertThat(treasury.vaults()).isEqualTo(1);
        JsonNode bundles = ok(admin.get("/v1/evidence"), 200).path("items");
        assertThat(bundles.size()).isEqualTo(2);
        JsonNode action = ok(
                admin.get("/v1/evidence/" + done.at("/transactions/0/evidence").asString()), 200);
        assertThat(action.at("/bundle/planDigest").asString())
                .isEqualTo(plan.digest().text());
        assertThat(ok(admin.call("POST", "/v1/evidence/verify", Map.of()), 200)
                        .path("whole")
                        .asBoolean())
                .isTrue();
        assertThat(ok(seats.get("/health"), 200).path("writes").asString()).isEqualTo("enabled");
        assertThat(seats.get("/metrics").body())
                .contains("seats_transactions_started_total{kind=\"vault-deploy\"} 1.0")
                .contains("seats_send_steps_total{step=\"broadcast\"} 1.0")
                .contains("seats_transactions_open{state=\"MINED\"} 1.0")
                .contains("seats_signer_ready 1.0")
                .contains("seats_nonce_gaps 0.0");
    }

    @Test
    void a_pause_keeps_plans_from_being_handed_over() throws Exception {
        Plan plan = approved();
        ok(admin.call("POST", "/v1/sends/pause", Map.of("reason", "a drill")), 200);
        assertThat(SeatsUnderTest.code(send(plan))).isEqualTo("SENDS_PAUSED");
        assertThat(treasury.signed()).isZero();
    }

    @Test
    void a_plan_whose_signer_is_away_waits_and_is_sent_when_it_is_back() throws Exception {
        Plan plan = approved();
        treasury.stopSigner();
        String operation = ok(send(plan), 202).path("operationId").asString();
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> ok(admin.get("/v1/operations/" + operation), 200)
                        .path("errorCode")
                        .asString()
                        .matches("SIGNER_UNAVAILABLE|NONCE_UNKNOWN"));
        treasury.startSigner();
        assertThat(settled(operation).path("status").asString()).isEqualTo("CONFIRMED");
        assertThat(treasury.mined()).isEqualTo(1);
    }

    private HttpResponse<String> about(String operation, String what, String... headers) throws Exception {
        String[] all = Stream.concat(Stream.of("Idempotency-Key", what + "-plan-" + ++requests), Stream.of(headers))
                .toArray(String[]::new);
        return admin.call("POST", "/v1/operations/" + operation + "/" + what, Map.of(), all);
    }

    private HttpResponse<String> retry(String operation) throws Exception {
        return about(operation, "retry", "X-Step-Up-Token", admin.stepUp("retry", operation));
    }

    @Test
    void an_operation_that_the_signer_refused_is_tried_again_and_one_that_was_signed_never_is() throws Exception {
        Path policy = signerFolder.resolve("policy.json");
        String rules = Files.readString(policy);
        treasury.stopSigner();
        Files.writeString(policy, rules.replace("\"vault-deploy\"", "\"claim-principal\""));
        treasury.startSigner();
        Plan plan = approved();
        String operation = ok(send(plan), 202).path("operationId").asString();
        assertThat(settled(operation).path("errorCode").asString()).isEqualTo("POLICY_DENIED");

        assertThat(SeatsUnderTest.code(about(operation, "retry"))).isEqualTo("STEP_UP_REQUIRED");
        assertThat(SeatsUnderTest.code(about(operation, "cancel"))).isEqualTo("OPERATION_OVER");
        assertThat(retry("no-such-operation").statusCode()).isEqualTo(404);
        assertThat(about("no-such-operation", "cancel").statusCode()).isEqualTo(404);
        HttpResponse<String> malformed = admin.call(
                "POST",
                "/v1/operations/" + operation + "/cancel",
                Map.of("force", true),
                "Idempotency-Key",
                "malformed-cancel");
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(malformed.body()).contains("body.force");

        treasury.stopSigner();
        Files.writeString(policy, rules);
        treasury.startSigner();
        assertThat(ok(retry(operation), 202).path("operationId").asString()).isEqualTo(operation);
        JsonNode done = settled(operation);
        assertThat(done.path("status").asString()).as(done.toString()).isEqualTo("CONFIRMED");
        assertThat(SeatsUnderTest.code(retry(operation))).isEqualTo("OPERATION_NOT_FAILED");
        assertThat(treasury.vaults()).isEqualTo(1);
        assertThat(treasury.mined()).isEqualTo(1);
        assertThat(treasury.signed()).isEqualTo(1);
    }

    @Test
    void an_operation_is_ended_before_it_begins_and_taken_back_by_a_plan_afterwards() throws Exception {
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() ->
                        admin.get("/v1/audit-logs?action=nonce_adopted").body().contains("nonce_adopted"));
        Plan waiting = approved();
        two.always("eth_getTransactionCount", Fault.STATUS_500);
        String queued = ok(send(waiting), 202).path("operationId").asString();
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> ok(admin.get("/v1/operations/" + queued), 200)
                        .path("errorCode")
                        .asString()
                        .equals("CHAIN_UNKNOWN"));
        JsonNode ended = ok(about(queued, "cancel"), 200);
        assertThat(ended.at("/operation/status").asString()).isEqualTo("CANCELLED");
        assertThat(ended.has("plan")).isFalse();
        two.mend();
        assertThat(SeatsUnderTest.code(send(waiting))).isEqualTo("PLAN_CLOSED");
        assertThat(SeatsUnderTest.code(retry(queued))).isEqualTo("OPERATION_NOT_FAILED");

        chain.call("evm_setAutomine", false);
        Plan begun = approved();
        treasury.stopSigner();
        String operation = ok(send(begun), 202).path("operationId").asString();
        Awaitility.await()
                .atMost(TIMEOUT)
                .until(() -> ok(admin.get("/v1/operations/" + operation), 200)
                        .path("errorCode")
                        .asString()
                        .equals("SIGNER_UNAVAILABLE"));
        JsonNode answer = ok(about(operation, "cancel"), 200);
        Plan cancel = PlanReader.read(answer.at("/plan/plan"));
        assertThat(answer.at("/operation/status").asString()).isEqualTo("RUNNING");
        assertThat(cancel.kind().word()).isEqualTo("cancel");
        assertThat(SeatsUnderTest.code(send(cancel))).isEqualTo("APPROVALS_MISSING");
        ok(
                admin.call(
                        "POST",
                        "/v1/plans/" + cancel.digest() + "/approvals",
                        treasury.approvals(cancel).getFirst().json()),
                200);
        treasury.startSigner();
        String taken = ok(send(cancel), 202).path("operationId").asString();
        Awaitility.await().atMost(TIMEOUT).until(() -> status(taken).equals("SUBMITTED"));
        chain.mine();
        assertThat(settled(taken).path("status").asString()).isEqualTo("CONFIRMED");
        assertThat(settled(operation).path("status").asString()).isEqualTo("CANCELLED");
        assertThat(treasury.vaults()).isZero();
        assertThat(treasury.mined()).isEqualTo(1);
    }

    @Test
    void a_seat_with_a_key_of_the_signers_has_its_deposit_data_and_a_keystore_that_this_service_cannot_open()
            throws Exception {
        Map<String, Object> body = Map.of("operatorId", "1", "beneficiary", WALLET, "claimDelaySeconds", 86_400);
        JsonNode made = ok(generate(body, "generate-one"), 201);
        assertThat(made.at("/seat/custody").asString()).isEqualTo("MANAGED");
        assertThat(made.at("/seat/pubkey").asString().substring(2))
                .isEqualTo(made.at("/keystore/pubkey").asString());
        assertThat(made.at("/plan/plan/action/kind").asString(made.at("/plan").toString()))
                .contains("vault-deploy");
        String seat = made.at("/seat/id").asString();
        assertThat(ok(admin.get("/v1/seats/" + seat + "/deposit-data"), 200).toString())
                .contains("00000286");
        assertThat(ok(generate(body, "generate-one"), 201))
                .as("the same request")
                .isEqualTo(made);
        JsonNode again = ok(admin.get("/v1/seats/" + seat + "/keystore"), 200);
        assertThat(again.path("keystore")).isEqualTo(made.path("keystore"));
        assertThat(again.path("index").asString()).isEqualTo("0");
        assertThat(ok(admin.get("/v1/audit-logs?action=seat_keystore_read"), 200)
                        .at("/items/0/subject")
                        .asString())
                .isEqualTo("seat:" + seat);
        assertThat(SeatsUnderTest.code(admin.get("/v1/seats/999/keystore"))).isEqualTo("NOT_FOUND");
        assertThat(seats.user(admin, "olga", "OPERATOR")
                        .get("/v1/seats/" + seat + "/keystore")
                        .statusCode())
                .isEqualTo(403);
        JsonNode other = ok(generate(body, "generate-two"), 201);
        assertThat(other.at("/keystore/path").asString()).isEqualTo("m/12381/3600/1/0/0");
        assertThat(other.at("/keystore/crypto/kdf/params/salt"))
                .isNotEqualTo(made.at("/keystore/crypto/kdf/params/salt"));
        assertThat(SeatsUnderTest.code(generate(Map.of("operatorId", "9", "beneficiary", WALLET), "generate-three")))
                .isEqualTo("OPERATOR_UNKNOWN");
        assertThat(ok(generate(body, "generate-four"), 201).at("/keystore/path").asString())
                .as("an index that was handed out is never taken back")
                .isEqualTo("m/12381/3600/3/0/0");
    }

    private HttpResponse<String> generate(Map<String, Object> body, String key) throws Exception {
        return admin.call(
                "POST",
                "/v1/seats/generate",
                body,
                "Idempotency-Key",
                key,
                "X-Step-Up-Token",
                admin.stepUp("generate", ""));
    }
}
