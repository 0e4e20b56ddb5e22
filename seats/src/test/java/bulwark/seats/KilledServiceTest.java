package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.send.TreasuryUnderTest;
import bulwark.testkit.AnvilChain;
import bulwark.testkit.RpcRelay;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * The process that serves HTTP is killed between what its caller sees. The caller does what callers do: it repeats the request with the same key until it is answered, and each plan has one operation and one
 * effect. {@code -Dbulwark.seats.kills=N} kills more often.
 */
@Timeout(1_800)
class KilledServiceTest {
    private static final int ROUNDS =
            Math.max(1, Integer.getInteger("bulwark.seats.kills", 0) / Moment.values().length);
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final long MAX_REQUEST_NANOS = 40_000_000;
    private static final String WALLET = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";

    /** Where the process ends. */
    private enum Moment {
        DURING_THE_REQUEST,
        AFTER_THE_ANSWER,
        /** The transaction is with the clients, and no block holds it. */
        SUBMITTED,
        /** The next process ends too, in its first look at store, signer and chain. */
        DURING_THE_NEXT_START
    }

    @TempDir
    Path folder;

    @TempDir
    Path signerFolder;

    private final Random random = new Random(286);
    private AnvilChain chain;
    /** The other label: two of one address count as one. */
    private RpcRelay relay;

    private TreasuryUnderTest treasury;
    private ServiceChild service;
    private SignedIn admin;
    private int seats;

    @BeforeEach
    void start() throws Exception {
        chain = AnvilChain.start();
        relay = RpcRelay.before(chain.uri());
        treasury = new TreasuryUnderTest(chain, signerFolder, 11);
        Files.copy(signerFolder.resolve("approvers.json"), folder.resolve("approvers.json"));
        SeatsUnderTest.deploy(folder);
        SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
        service = child();
        admin = SignedIn.open(service.http(), "root", SeatsUnderTest.PASSWORD);
        admin.call("POST", "/v1/operators", Map.of("name", "North"));
    }

    @AfterEach
    void stop() {
        if (service != null) {
            service.close();
        }
        treasury.close();
        relay.close();
        chain.close();
    }

    private ServiceChild child() throws IOException {
        return ServiceChild.start(folder, List.of("-cp", System.getProperty("java.class.path")), settings());
    }

    private Map<String, String> settings() throws IOException {
        byte[] file = StrictJson.write(treasury.contracts.network().json());
        Files.write(folder.resolve("network.json"), file);
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_ENV", "development");
        settings.put("SEAT_MANAGER_NETWORK_FILE", "network.json");
        settings.put("SEAT_MANAGER_NETWORK_FILE_SHA256", Digests.sha256Hex(file));
        settings.put("SEAT_MANAGER_EL_RPC_URLS", "one=" + chain.uri() + ",two=" + relay.uri());
        settings.put("SEAT_MANAGER_MAX_HEAD_AGE_SECONDS", "3600");
        settings.put("SEAT_MANAGER_APPROVERS_FILE", "approvers.json");
        settings.put("SEAT_MANAGER_WRITES_ENABLED", "true");
        settings.put(
                "SEAT_MANAGER_SIGNER_SOCKET",
                signerFolder.resolve("signer.sock").toString());
        return settings;
    }

    /** With the session that the person has. */
    private void startAgain() throws IOException {
        service.close();
        service = child();
        admin = new SignedIn(service.http(), admin.userId(), admin.cookies(), admin.csrf());
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
                ok(admin.call("POST", "/v1/seats/with-vault", body, "Idempotency-Key", "make-seat-" + ++seats), 201);
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
                "send-of-" + seats,
                "X-Step-Up-Token",
                admin.stepUp("send", digest));
    }

    private String accepted(Plan plan) throws Exception {
        return ok(send(plan), 202).path("operationId").asString();
    }

    private String status(String operation) throws Exception {
        return ok(admin.get("/v1/operations/" + operation), 200).path("status").asString();
    }

    private void await(String operation, String statuses) {
        Awaitility.await(operation)
                .atMost(TIMEOUT)
                .until(() -> status(operation).matches(statuses));
    }

    /** @return the operation that the caller knows of; empty when it got no answer */
    private String sendAndKill(Plan plan, Moment moment) throws Exception {
        switch (moment) {
            case DURING_THE_REQUEST -> {
                String token = admin.stepUp("send", plan.digest().text());
                Thread caller = Thread.ofVirtual().start(() -> attempt(plan, token));
                LockSupport.parkNanos(random.nextLong(MAX_REQUEST_NANOS));
                service.kill();
                caller.join();
                return "";
            }
            case AFTER_THE_ANSWER -> {
                String operation = accepted(plan);
                service.kill();
                return operation;
            }
            case SUBMITTED -> {
                chain.call("evm_setAutomine", false);
                String operation = accepted(plan);
                await(operation, "SUBMITTED");
                service.kill();
                chain.call("evm_setAutomine", true);
                chain.mine();
                return operation;
            }
            case DURING_THE_NEXT_START -> {
                String operation = accepted(plan);
                service.kill();
                startAgain();
                service.kill();
                return operation;
            }
        }
        throw new AssertionError(moment);
    }

    /** Whether it is answered, nobody knows. */
    private void attempt(Plan plan, String token) {
        try {
            admin.call(
                    "POST",
                    "/v1/plans/" + plan.digest() + "/send",
                    Map.of(),
                    "Idempotency-Key",
                    "send-of-" + seats,
                    "X-Step-Up-Token",
                    token);
        } catch (Exception gone) {
            // The process ended before it answered.
        }
    }

    @Test
    void a_service_that_is_killed_between_any_two_answers_does_each_thing_once() throws Exception {
        List<String> operations = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Moment moment : Moment.values()) {
                Plan plan = approved();
                String known = sendAndKill(plan, moment);
                startAgain();
                String operation = accepted(plan);
                assertThat(operation).as(moment.name()).isIn(known.isEmpty() ? List.of(operation) : List.of(known));
                operations.add(operation);
            }
        }
        assertThat(operations).doesNotHaveDuplicates();
        operations.forEach(operation -> await(operation, "CONFIRMED"));
        assertThat(treasury.vaults()).isEqualTo(operations.size());
        assertThat(treasury.mined()).isEqualTo(operations.size());
        assertThat(treasury.signed()).isEqualTo(operations.size());
        assertThat(ok(admin.call("POST", "/v1/evidence/verify", Map.of()), 200)
                        .path("whole")
                        .asBoolean())
                .isTrue();
        assertThat(service.http().get("/metrics").body()).contains("seats_nonce_gaps 0.0");
        assertThat(ok(admin.get("/v1/operations?limit=500"), 200).path("items").size())
                .isEqualTo(operations.size());
    }
}
