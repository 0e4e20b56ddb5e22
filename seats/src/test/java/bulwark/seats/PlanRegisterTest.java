package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanGenerator;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.plan.PlanSentence;
import bulwark.seats.plan.VaultParameters;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Plans and what people say of them, through the API of a running service. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class PlanRegisterTest {
    private static final String WALLET = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
    private static final String ADDRESS = "0x%040x";
    private static final Signing SIGNING = Signing.fastest();

    @TempDir
    static Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-06-01T08:00:00Z"));
    private final ChainNetwork network =
            new ChainNetwork(286, address(1), address(2), address(3), PlanGenerator.CODE.hash());
    private SeatsUnderTest seats;
    private SignedIn admin;
    private ApproverKey anna;
    private ApproverKey bert;
    private ApproverKey rootKey;
    private int requests;

    private static EvmAddress address(int number) {
        return new EvmAddress(String.format(ADDRESS, number));
    }

    @BeforeAll
    void start() throws Exception {
        SeatsUnderTest.deploy(folder);
        SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
        anna = ApproverKey.create(folder.resolve("anna.key"), "anna", SIGNING);
        bert = ApproverKey.create(folder.resolve("bert.key"), "bert", SIGNING);
        rootKey = ApproverKey.create(folder.resolve("root.key"), "root", SIGNING);
        Files.write(
                folder.resolve("approvers.json"),
                StrictJson.write(Map.of(
                        "schema",
                        "csm-approvers/1",
                        "approvers",
                        List.of(anna.listEntry(), bert.listEntry(), rootKey.listEntry()))));
        Files.writeString(folder.resolve("vault.hex"), "60806040".repeat(40));
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_TREASURY_ADDRESS", address(9).text());
        settings.put("SEAT_MANAGER_DEPOSIT_CONTRACT", network.depositContract().text());
        settings.put("SEAT_MANAGER_VAULT_FACTORY", network.vaultFactory().text());
        settings.put("SEAT_MANAGER_TREASURY_ROUTER", network.treasuryRouter().text());
        settings.put("SEAT_MANAGER_CONTRACT_CODE_HASH", "0x" + "11".repeat(32));
        settings.put("SEAT_MANAGER_VAULT_CODE_HASH", "0x" + "22".repeat(32));
        settings.put("SEAT_MANAGER_VAULT_CREATION_CODE_FILE", "vault.hex");
        settings.put("SEAT_MANAGER_APPROVERS_FILE", "approvers.json");
        settings.put("SEAT_MANAGER_APPROVALS", "2");
        seats = SeatsUnderTest.start(folder, settings, clock);
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        admin.call("POST", "/v1/operators", Map.of("name", "North"));
    }

    @AfterAll
    void stop() {
        seats.close();
    }

    @Test
    void a_plan_says_what_it_does_and_two_other_people_approve_its_digest() throws Exception {
        String seat = seat(1);
        JsonNode made = ok(propose(seat, Map.of("kind", "approve")), 201);
        Plan plan = PlanReader.read(made.path("plan"));
        assertThat(made.path("sentence").asString())
                .isEqualTo(PlanSentence.of(plan))
                .startsWith("Allow ");
        assertThat(made.path("findings").size()).isZero();
        assertThat(plan.proposer()).isEqualTo("root");
        assertThat(plan.treasury()).isEqualTo(address(9));

        assertThat(SeatsUnderTest.code(hand(plan, rootKey, true))).isEqualTo("APPROVAL_OF_PROPOSER");
        assertThat(ok(hand(plan, anna, true), 200).path("status").asString()).isEqualTo("OPEN");
        assertThat(ok(hand(plan, anna, true), 200).path("status").asString()).isEqualTo("OPEN");
        JsonNode approved = ok(hand(plan, bert, true), 200);
        assertThat(approved.path("status").asString()).isEqualTo("APPROVED");
        assertThat(approved.path("approvals").size()).isEqualTo(2);

        JsonNode rejected = ok(hand(plan, anna, false), 200);
        assertThat(rejected.path("status").asString()).isEqualTo("REJECTED");
        assertThat(SeatsUnderTest.code(hand(plan, anna, true))).isEqualTo("PLAN_CLOSED");
        seats.service().store().audited().audit().flush();
        assertThat(admin.get("/v1/audit-logs?action=plan_decided").body()).contains("anna", "bert");
    }

    @Test
    void approvals_that_are_forged_foreign_or_of_another_plan_are_refused_and_change_nothing() throws Exception {
        String seat = seat(2);
        Plan plan = PlanReader.read(
                ok(propose(seat, Map.of("kind", "approve")), 201).path("plan"));
        Plan other = new PlanGenerator(1).plan(bulwark.seats.plan.PlanKind.APPROVE);
        ApproverKey unknown = ApproverKey.create(folder.resolve("unknown.key"), "anna", SIGNING);

        assertThat(SeatsUnderTest.code(hand(plan, unknown, true))).isEqualTo("APPROVER_UNKNOWN");
        assertThat(SeatsUnderTest.code(admin.call(
                        "POST",
                        path(plan),
                        anna.decide(other, true, Duration.ofHours(1), clock).json())))
                .isEqualTo("APPROVAL_OF_ANOTHER_PLAN");
        Map<String, Object> forged = new HashMap<>(
                anna.decide(plan, false, Duration.ofHours(1), clock).json());
        forged.put("decision", "approve");
        assertThat(SeatsUnderTest.code(admin.call("POST", path(plan), forged))).isEqualTo("APPROVAL_FORGED");
        Map<String, Object> renamed = new HashMap<>(
                anna.decide(plan, true, Duration.ofHours(1), clock).json());
        renamed.put("person", "bert");
        assertThat(SeatsUnderTest.code(admin.call("POST", path(plan), renamed))).isEqualTo("APPROVER_MISMATCH");
        Map<String, Object> more = new HashMap<>(renamed);
        more.put("treasury", WALLET);
        assertThat(admin.call("POST", path(plan), more).statusCode()).isEqualTo(400);
        assertThat(ok(admin.get("/v1/plans/" + plan.digest()), 200)
                        .path("approvals")
                        .size())
                .isZero();
    }

    @Test
    void another_precondition_makes_another_plan_and_voids_the_former_with_its_approvals() throws Exception {
        String seat = seat(3);
        Plan first = PlanReader.read(
                ok(propose(seat, Map.of("kind", "approve")), 201).path("plan"));
        ok(hand(first, anna, true), 200);
        Plan second = PlanReader.read(
                ok(propose(seat, Map.of("kind", "approve", "epoch", "2")), 201).path("plan"));

        assertThat(second.digest()).isNotEqualTo(first.digest());
        JsonNode former = ok(admin.get("/v1/plans/" + first.digest()), 200);
        assertThat(former.path("status").asString()).isEqualTo("VOID");
        assertThat(former.path("reason").asString()).contains(second.digest().text());
        assertThat(ok(admin.get("/v1/plans/" + second.digest()), 200)
                        .path("approvals")
                        .size())
                .isZero();
        assertThat(SeatsUnderTest.code(hand(first, bert, true))).isEqualTo("PLAN_CLOSED");
        ok(admin.call("POST", "/v1/plans/" + second.digest() + "/void", Map.of("reason", "the epoch moved")), 200);
        assertThat(ok(admin.get("/v1/plans?seat_id=" + seat + "&status=VOID"), 200)
                        .path("items")
                        .size())
                .isEqualTo(2);
    }

    @Test
    void a_deposit_goes_into_the_vault_that_follows_from_key_and_parameters_and_into_no_other() throws Exception {
        String pubkey = pubkey(4);
        VaultParameters parameters = new VaultParameters(new EvmAddress(WALLET), 86_400, BigInteger.TEN);
        EvmAddress vault = PlanGenerator.CODE.address(network, pubkey, parameters);
        String seat = seat(4, "0x010000000000000000000000" + vault.text().substring(2));
        Map<String, Object> deposit = new HashMap<>(Map.of(
                "kind",
                "deposit",
                "beneficiary",
                WALLET,
                "claimDelaySeconds",
                86_400,
                "maxClaimPerPeriodWei",
                "10",
                "signature",
                "0x" + "aa".repeat(96)));
        JsonNode made = ok(propose(seat, deposit), 201);
        assertThat(made.path("findings").size()).isZero();
        assertThat(made.path("sentence").asString())
                .startsWith("Deposit 32 CTN for validator ")
                .contains(vault.brief())
                .endsWith("cannot be undone");

        deposit.put("beneficiary", address(77).text());
        assertThat(SeatsUnderTest.code(propose(seat, deposit))).isEqualTo("CREDENTIALS_MISMATCH");
        deposit.remove("signature");
        deposit.put("beneficiary", WALLET);
        assertThat(propose(seat, deposit).statusCode()).isEqualTo(400);
        assertThat(propose(seat, Map.of("kind", "force-exit", "maxFeeWei", "9000000000000000"))
                        .statusCode())
                .isEqualTo(400);
        assertThat(propose(seat, Map.of("kind", "cancel", "nonce", 3)).statusCode())
                .isEqualTo(400);
        JsonNode cancel = ok(
                propose(
                        seat,
                        Map.of(
                                "kind",
                                "cancel",
                                "nonce",
                                3,
                                "replaces",
                                made.path("digest").asString())),
                201);
        assertThat(PlanReader.read(cancel.path("plan")).target()).isEqualTo(address(9));
        JsonNode bump = ok(
                propose(
                        seat,
                        Map.of(
                                "kind",
                                "fee-bump",
                                "nonce",
                                3,
                                "replaces",
                                made.path("digest").asString())),
                201);
        assertThat(PlanReader.read(bump.path("plan")).calldata())
                .isEqualTo(PlanReader.read(made.path("plan")).calldata());
    }

    @Test
    void a_plan_expires_and_an_equal_request_makes_one() throws Exception {
        String seat = seat(5);
        Map<String, Object> body = body(Map.of("kind", "approve"));
        HttpResponse<String> first =
                admin.call("POST", "/v1/seats/" + seat + "/plans", body, "Idempotency-Key", "the-same-key-1");
        HttpResponse<String> second =
                admin.call("POST", "/v1/seats/" + seat + "/plans", body, "Idempotency-Key", "the-same-key-1");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(SeatsUnderTest.code(admin.get("/v1/plans/" + "ab".repeat(32))))
                .isEqualTo("NOT_FOUND");
        assertThat(admin.get("/v1/plans/nonsense").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> hand(Plan plan, ApproverKey key, boolean approve) throws Exception {
        return admin.call(
                "POST",
                path(plan),
                key.decide(plan, approve, Duration.ofHours(1), clock).json());
    }

    private static String path(Plan plan) {
        return "/v1/plans/" + plan.digest() + "/approvals";
    }

    private HttpResponse<String> propose(String seat, Map<String, Object> more) throws Exception {
        return admin.call(
                "POST", "/v1/seats/" + seat + "/plans", body(more), "Idempotency-Key", "proposal-" + ++requests);
    }

    private static Map<String, Object> body(Map<String, Object> more) {
        Map<String, Object> body = new HashMap<>(Map.of(
                "epoch",
                "1",
                "depositRoot",
                "0x" + "33".repeat(32),
                "owner",
                address(3).text(),
                "phase",
                0));
        body.putAll(more);
        return body;
    }

    private String seat(int number) throws Exception {
        return seat(
                number,
                "0x010000000000000000000000" + address(40 + number).text().substring(2));
    }

    private String seat(int number, String credentials) throws Exception {
        return ok(
                        admin.call(
                                "POST",
                                "/v1/seats",
                                Map.of(
                                        "operatorId",
                                        "1",
                                        "pubkey",
                                        pubkey(number),
                                        "withdrawalCredentials",
                                        credentials),
                                "Idempotency-Key",
                                "seat-of-test-" + number),
                        201)
                .path("id")
                .asString();
    }

    private static String pubkey(int number) {
        return String.format("0x%096x", number);
    }

    private static JsonNode ok(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return SeatsUnderTest.json(response);
    }
}
