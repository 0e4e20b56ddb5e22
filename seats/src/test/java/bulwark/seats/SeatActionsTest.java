package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Keccak256;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.chain.LocalContracts;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanReader;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Every action of a seat becomes a plan out of what two labels say, and out of nothing that a caller says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class SeatActionsTest {
    private static final String WALLET = "0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc";
    private static final Signing SIGNING = Signing.fastest();
    private static final String ZERO_WORD = "\"0x" + "0".repeat(64) + "\"";

    @TempDir
    static Path folder;

    private final SettableClock clock = new SettableClock(Instant.now());
    private ChainUnderTest chain;
    private SeatsUnderTest seats;
    private SignedIn admin;
    private ApproverKey anna;
    private int requests;

    @BeforeAll
    void start() throws Exception {
        chain = new ChainUnderTest();
        SeatsUnderTest.deploy(folder);
        SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
        anna = ApproverKey.create(folder.resolve("anna.key"), "anna", SIGNING);
        Files.write(
                folder.resolve("approvers.json"),
                StrictJson.write(Map.of("schema", "csm-approvers/1", "approvers", List.of(anna.listEntry()))));
        Map<String, String> settings = chain.settings(folder);
        settings.put("SEAT_MANAGER_APPROVERS_FILE", "approvers.json");
        seats = SeatsUnderTest.start(folder, settings, clock);
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
        admin.call("POST", "/v1/operators", Map.of("name", "North"));
    }

    @AfterAll
    void stop() {
        if (seats != null) {
            seats.close();
        }
        chain.close();
    }

    /** Blocks of the chain may be a second apart although they came faster; on a slow machine they come long after the test began. */
    @BeforeEach
    void clock() {
        String text = chain.chain
                .call("eth_getBlockByNumber", "latest", false)
                .path("timestamp")
                .asString();
        clock.set(Instant.ofEpochSecond(Math.max(Instant.now().getEpochSecond(), Long.decode(text))));
    }

    @AfterEach
    void honest() {
        chain.honest();
    }

    @Test
    void a_seat_goes_from_its_vault_to_its_settlement_by_plans_that_both_labels_tried() throws Exception {
        DepositData deposit = deposit(1);
        JsonNode made = withVault(deposit.pubkey());
        EvmAddress vault = vaultOf(deposit.pubkey());
        assertThat(made.at("/seat/vaultAddress").asString()).isEqualTo(vault.text());
        assertThat(made.at("/plan/sentence").asString())
                .startsWith("Make vault ")
                .contains(vault.brief());
        JsonNode simulation = made.at("/plan/simulation");
        assertThat(simulation.path("labels").size()).isEqualTo(2);
        assertThat(simulation.at("/labels/1/label").asString()).isEqualTo("two");
        assertThat(simulation.at("/expectedEvents/0/event").asString()).isEqualTo("VaultCreated");
        assertThat(simulation.path("source").asString()).contains("no client traced");
        assertThat(made.at("/plan/plan/preconditions/source").asString()).isEqualTo("chain");
        String seat = made.at("/seat/id").asString();

        assertThat(SeatsUnderTest.code(act(seat, "approve", Map.of()))).isEqualTo("VAULT_MISSING");
        mine(made.path("plan"));
        JsonNode approve = ok(act(seat, "approve", Map.of()), 200);
        assertThat(approve.path("sentence").asString()).startsWith("Allow ");
        assertThat(approve.path("consensusLayer").asString()).contains("no consensus client");
        Plan plan = PlanReader.read(approve.path("plan"));
        assertThat(ok(hand(plan), 200).path("status").asString()).isEqualTo("APPROVED");

        assertThat(SeatsUnderTest.code(act(seat, "deposit", Map.of()))).isEqualTo("DEPOSIT_DATA_MISSING");
        ok(depositData(seat, deposit), 200);
        assertThat(SeatsUnderTest.code(act(seat, "deposit", Map.of()))).isEqualTo("INTENT_NOT_ALLOWED");
        mine(approve);
        assertThat(SeatsUnderTest.code(act(seat, "approve", Map.of()))).isEqualTo("INTENT_ALLOWED");
        JsonNode deposited = ok(act(seat, "deposit", Map.of()), 200);
        assertThat(deposited.path("sentence").asString()).startsWith("Deposit 32 CTN");
        assertThat(deposited.at("/simulation/balanceChanges/0/wei").asString())
                .isEqualTo(VaultAddress.PRINCIPAL_TARGET_WEI.negate().toString());
        mine(deposited);
        assertThat(SeatsUnderTest.code(act(seat, "deposit", Map.of()))).isEqualTo("PUBKEY_ALREADY_DEPOSITED");

        assertThat(SeatsUnderTest.code(settle(seat, "propose"))).isEqualTo("STATE_CONFLICT");
        setStatus(seat, "ACTIVE");
        assertThat(SeatsUnderTest.code(settle(seat, "finalize"))).isEqualTo("PHASE_CONFLICT");
        mine(ok(settle(seat, "propose"), 200));
        assertThat(SeatsUnderTest.code(settle(seat, "finalize"))).isEqualTo("SETTLEMENT_NOT_READY");
        assertThat(ok(settle(seat, "cancel"), 200).path("sentence").asString()).startsWith("Cancel the settlement");
        HttpResponse<String> exit =
                act(seat, "force-exit", Map.of(), "X-Step-Up-Token", admin.stepUp("force-exit", seat));
        assertThat(SeatsUnderTest.code(exit)).isEqualTo("EXIT_REQUESTS_UNAVAILABLE");
    }

    @Test
    void switches_and_rewards_are_read_from_the_chain() throws Exception {
        JsonNode switches = ok(admin.get("/v1/settings/allowlist"), 200);
        assertThat(switches.path("allowlistEnabled").booleanValue()).isTrue();
        assertThat(switches.path("ownerOnlyDepositor").booleanValue()).isTrue();
        assertThat(switches.path("allowlistDisabledForever").booleanValue()).isFalse();
        assertThat(switches.path("contract").asString()).isEqualTo(chain.contracts.gate.text());

        byte[] pubkey = deposit(2).pubkey();
        String path = "/v1/validator/" + HexText.of(pubkey) + "/rewards";
        JsonNode made = withVault(pubkey);
        assertThat(SeatsUnderTest.code(admin.get(path))).isEqualTo("VAULT_MISSING");
        mine(made.path("plan"));
        EvmAddress vault = vaultOf(pubkey);
        chain.chain.send(chain.contracts.governor, vault.text(), "0x", "0x64");
        JsonNode rewards = ok(admin.get(path), 200);
        assertThat(rewards.path("claimableRewardsWei").asString()).isEqualTo("100");
        assertThat(rewards.path("blocked").asString()).isEmpty();

        twoLies("eth_getBalance", (asked, answer) -> answer.replaceFirst("\"0x64\"", "\"0x65\""));
        assertThat(refusal(admin.get(path))).isEqualTo("PREFLIGHT_FAILED two.vault");
    }

    /** No key of a service makes them: what comes out is for the holder of the governor's key. */
    @Test
    void a_change_of_the_switches_is_a_call_of_the_governor_that_both_labels_tried() throws Exception {
        JsonNode off = ok(allowlist("owner-only", Map.of("enabled", false)), 200);
        assertThat(off.path("sentence").asString())
                .startsWith("Switch the rule that the owner alone deposits off")
                .contains("from governor "
                        + EvmAddress.of(chain.contracts.governor).brief());
        assertThat(off.at("/simulation/labels").size()).isEqualTo(2);
        assertThat(off.at("/simulation/expectedEvents/0/event").asString()).isEqualTo("OwnerOnlyDepositorSwitched");
        Map<String, Object> gate = Map.of("contract", chain.contracts.gate.checksummed());
        assertThat(allowlist("freeze/execute", gate).body()).contains("SIMULATION_REVERTED", "DisableNotProposed");
        assertThat(SeatsUnderTest.code(allowlist("freeze/propose", Map.of("contract", WALLET))))
                .isEqualTo("CONFIRMATION_DIFFERS");

        JsonNode propose = ok(allowlist("freeze/propose", gate), 200);
        governs(propose);
        assertThat(ok(admin.get("/v1/settings/allowlist"), 200)
                        .path("allowlistDisableReadyAt")
                        .asString())
                .isNotEqualTo("0");
        assertThat(allowlist("freeze/execute", gate).body()).contains("DisableNotReady");
        governs(ok(allowlist("freeze/cancel", gate), 200));
        assertThat(ok(admin.get("/v1/settings/allowlist"), 200)
                        .path("allowlistDisableReadyAt")
                        .asString())
                .isEqualTo("0");
        seats.service().store().audited().audit().flush();
        assertThat(admin.get("/v1/audit-logs?action=governor_call_planned").body())
                .contains(propose.path("digest").asString());
    }

    private HttpResponse<String> allowlist(String action, Map<String, Object> body) throws Exception {
        String step = admin.stepUp("allowlist-" + action.replace('/', '-'), "");
        return post("/v1/settings/allowlist/" + action, body, "X-Step-Up-Token", step);
    }

    /** Sends a call as the governor would. */
    private void governs(JsonNode answer) {
        LocalContracts.succeed(chain.chain.send(
                answer.at("/call/governor").asString(),
                answer.at("/call/target").asString(),
                answer.at("/call/calldata").asString(),
                "0x0"));
        clock();
    }

    /** Each lie is of one label, about one answer; the refusal names both. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            eth_chainId          |                      | 0x11e                        | 0x1                     | two.chainId
            eth_getCode          |                      | 0x60                         | 0x61                    | two.gate_code
            eth_getBlockByNumber |                      | "timestamp":"0x[0-9a-f]+"    | "timestamp":"0x5f5e0ff" | two.head_age
            eth_call             | ownershipEpoch       | "0x[0-9a-f]{63}1"            | "0x%063d2"              | two.epoch
            eth_call             | pubkeyAllowlistEnabled | "0x[0-9a-f]{63}1"          | "0x%064d"               | two.allowlist
            eth_call             | get_deposit_root     | "0x[0-9a-f]{64}"             | "0x%064d"               | two.depositRoot
            eth_getBalance       |                      | "result":"0x[0-9a-f]+"       | "result":"0x1"          | two.treasuryBalanceWei
            """)
    void one_label_that_lies_stops_everything_by_label_and_field(
            String method, String function, String truth, String told, String field) throws Exception {
        String selector = function == null ? "" : HexText.of(function(function).selector());
        int before = plans();
        twoLies(
                method,
                (asked, answer) -> asked.contains(selector)
                        ? answer.replaceAll(truth, told.contains("%") ? told.formatted(0) : told)
                        : answer);
        for (HttpResponse<String> refused : List.of(
                act("1", "approve", Map.of()), vaultOfKey(deposit(77).pubkey()), admin.get("/v1/settings/allowlist"))) {
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refusal(refused)).isEqualTo("PREFLIGHT_FAILED " + field);
        }
        chain.honest();
        assertThat(plans()).isEqualTo(before);
    }

    @Test
    void a_forked_label_and_a_silent_one_are_named() throws Exception {
        twoLies(
                "eth_getBlockByNumber",
                (asked, answer) ->
                        asked.contains("latest") ? answer : answer.replaceFirst("\"hash\":\"0x..", "\"hash\":\"0xff"));
        assertThat(refusal(admin.get("/v1/settings/allowlist"))).isEqualTo("PREFLIGHT_FAILED two.blockHash");
        twoLies("eth_", (asked, answer) -> "");
        assertThat(refusal(admin.get("/v1/settings/allowlist"))).isEqualTo("PREFLIGHT_FAILED two.chainId");
    }

    @Test
    @DisplayName("CSM-01 regression: a treasury on the chain that is not the configured one stops all six routes")
    void treasury_mismatch() throws Exception {
        JsonNode made = withVault(deposit(3).pubkey());
        String seat = made.at("/seat/id").asString();
        int before = plans();
        for (ContractFunction asked : List.of(TreasuryRouterAbi.ACTIVE_SIGNER, DepositGateAbi.OWNER)) {
            String selector = HexText.of(asked.selector());
            twoLies(
                    "eth_call",
                    (question, answer) -> question.contains(selector)
                            ? answer.replaceFirst("\"0x[0-9a-f]{64}\"", ZERO_WORD)
                            : answer);
            for (HttpResponse<String> refused : List.of(
                    act(seat, "approve", Map.of()),
                    act(seat, "deposit", Map.of()),
                    settle(seat, "propose"),
                    act(seat, "force-exit", Map.of(), "X-Step-Up-Token", admin.stepUp("force-exit", seat)),
                    vaultOfKey(deposit(4).pubkey()),
                    admin.call(
                            "POST",
                            "/v1/seats/generate",
                            Map.of("operatorId", "1", "beneficiary", WALLET),
                            "X-Step-Up-Token",
                            admin.stepUp("generate", ""),
                            "Idempotency-Key",
                            "generate-" + ++requests))) {
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refusal(refused))
                        .isEqualTo("TREASURY_MISMATCH two."
                                + (asked == DepositGateAbi.OWNER ? "gate_owner" : "active_signer"));
            }
        }
        chain.honest();
        assertThat(plans()).isEqualTo(before);
    }

    @Test
    void a_precondition_that_moved_voids_the_plan_with_its_approvals_when_the_next_one_comes() throws Exception {
        byte[] pubkey = deposit(5).pubkey();
        JsonNode made = withVault(pubkey);
        mine(made.path("plan"));
        String seat = made.at("/seat/id").asString();
        Plan plan = PlanReader.read(ok(act(seat, "approve", Map.of()), 200).path("plan"));
        BinaryOperator<String> moved = (asked, answer) ->
                asked.startsWith("eth_call") && asked.contains(HexText.of(DepositGateAbi.OWNERSHIP_EPOCH.selector()))
                        ? answer.replaceAll("\"0x[0-9a-f]{63}1\"", "\"0x" + "0".repeat(63) + "2\"")
                        : answer;
        chain.one.lies(moved);
        chain.two.lies(moved);
        HttpResponse<String> refused = hand(plan);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refusal(refused)).isEqualTo("PRECONDITION_CHANGED preconditions.epoch");
        chain.honest();
        JsonNode former = ok(admin.get("/v1/plans/" + plan.digest()), 200);
        assertThat(former.path("status").asString()).isEqualTo("VOID");
        assertThat(former.path("reason").asString()).contains("epoch was 1 and is 2");
        assertThat(SeatsUnderTest.code(hand(plan))).isEqualTo("PLAN_CLOSED");
    }

    @Test
    void what_the_proposer_states_is_not_believed() throws Exception {
        byte[] pubkey = deposit(6).pubkey();
        JsonNode made = withVault(pubkey);
        mine(made.path("plan"));
        String path = "/v1/seats/" + made.at("/seat/id").asString() + "/plans";
        JsonNode plan = ok(post(path, Map.of("kind", "approve")), 201);
        assertThat(plan.at("/plan/preconditions/source").asString()).isEqualTo("chain");
        assertThat(plan.at("/plan/preconditions/epoch").asString()).isEqualTo("1");
        ok(post(path, Map.of("kind", "approve", "epoch", "1")), 201);
        for (Map<String, Object> stated : List.<Map<String, Object>>of(
                Map.of("epoch", "2"),
                Map.of("depositRoot", "0x" + "33".repeat(32)),
                Map.of("owner", WALLET),
                Map.of("phase", 1))) {
            Map<String, Object> body = new HashMap<>(stated);
            body.put("kind", "approve");
            HttpResponse<String> refused = post(path, body);
            assertThat(SeatsUnderTest.code(refused)).isEqualTo("PRECONDITION_DIFFERS");
            assertThat(refused.body())
                    .contains("body." + stated.keySet().iterator().next());
        }
        Map<String, Object> unsigned = new HashMap<>(vaultBody(pubkey));
        unsigned.remove("operatorId");
        unsigned.remove("pubkey");
        unsigned.put("kind", "deposit");
        unsigned.put("signature", HexText.of(deposit(7).signature()));
        assertThat(SeatsUnderTest.code(post(path, unsigned))).isEqualTo("DEPOSIT_SIGNATURE_INVALID");
        HttpResponse<String> reverts = post(path, Map.of("kind", "remove"));
        assertThat(SeatsUnderTest.code(reverts)).isEqualTo("SIMULATION_REVERTED");
        assertThat(reverts.body()).contains("one says DepositIntentNotAllowlisted");
    }

    /** The switches are off for a moment, so that a stranger's deposit reaches the gate as it would on an open network. */
    @Test
    void a_key_that_somebody_else_deposited_for_is_found_before_the_intent_and_the_seat_is_put_aside()
            throws Exception {
        DepositData ours = deposit(8);
        JsonNode made = withVault(ours.pubkey());
        mine(made.path("plan"));
        String seat = made.at("/seat/id").asString();
        governor("setOwnerOnlyDepositorEnabled(bool)", 0);
        governor("setPubkeyAllowlistEnabled(bool)", 0);
        byte[] theirs = VaultAddress.credentials(new EvmAddress(WALLET));
        DepositData foreign = SignedDeposit.of(8, theirs, 1_000_000_000L, SignedDeposit.NETWORK);
        LocalContracts.succeed(chain.chain.send(
                chain.chain.accounts().get(3),
                chain.contracts.gate.text(),
                HexText.of(DepositGateAbi.DEPOSIT.call(
                        foreign.pubkey(), foreign.credentials(), foreign.signature(), foreign.dataRoot())),
                "0x" + BigInteger.TEN.pow(18).toString(16)));
        governor("setPubkeyAllowlistEnabled(bool)", 1);
        governor("setOwnerOnlyDepositorEnabled(bool)", 1);

        twoLies("eth_getLogs", (asked, answer) -> answer.replaceFirst("\"result\":\\[.*]", "\"result\":[]"));
        assertThat(refusal(act(seat, "approve", Map.of()))).isEqualTo("PREFLIGHT_FAILED two.deposits");
        BinaryOperator<String> none = (asked, answer) ->
                asked.startsWith("eth_getLogs") ? answer.replaceFirst("\"result\":\\[.*]", "\"result\":[]") : answer;
        chain.one.lies(none);
        chain.two.lies(none);
        assertThat(refusal(act(seat, "approve", Map.of()))).isEqualTo("PREFLIGHT_FAILED all.deposits");
        chain.honest();

        HttpResponse<String> refused = act(seat, "approve", Map.of());
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(SeatsUnderTest.code(refused)).isEqualTo("PUBKEY_ALREADY_DEPOSITED");
        assertThat(refused.body()).contains(HexText.of(theirs));
        assertThat(ok(admin.get("/v1/seats/" + seat), 200).path("status").asString())
                .isEqualTo("EXCEPTION");
        seats.service().store().audited().audit().flush();
        assertThat(admin.get("/v1/audit-logs?action=seat_in_exception").body()).contains("PUBKEY_ALREADY_DEPOSITED");
    }

    @Test
    void nothing_is_sent_and_a_step_up_of_the_seat_sends_no_plan() throws Exception {
        JsonNode made = withVault(deposit(9).pubkey());
        mine(made.path("plan"));
        String seat = made.at("/seat/id").asString();
        String digest = ok(act(seat, "approve", Map.of()), 200).path("digest").asString();
        Map<String, Object> send = Map.of("send", true, "plan", digest);
        HttpResponse<String> refused = act(seat, "approve", send);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(SeatsUnderTest.code(refused)).isEqualTo("WRITES_DISABLED");
        assertThat(act(seat, "approve", Map.of("send", true)).statusCode()).isEqualTo(400);
        assertThat(act(seat, "approve", Map.of("plan", digest)).statusCode()).isEqualTo(400);

        setStatus(seat, "ACTIVE");
        Map<String, Object> settle = Map.of("step", "propose", "send", true, "plan", digest);
        String ofSeat = admin.stepUp("settle", seat);
        assertThat(SeatsUnderTest.code(act(seat, "settle", settle, "X-Step-Up-Token", ofSeat)))
                .isEqualTo("STEP_UP_INVALID");
        String ofPlan = admin.stepUp("settle", seat + "/" + digest);
        assertThat(SeatsUnderTest.code(act(seat, "settle", settle, "X-Step-Up-Token", ofPlan)))
                .isEqualTo("WRITES_DISABLED");
    }

    @Test
    void an_equal_request_gets_the_stored_plan_although_the_chain_is_gone_meanwhile() throws Exception {
        byte[] pubkey = deposit(10).pubkey();
        Map<String, Object> body = vaultBody(pubkey);
        HttpResponse<String> first =
                admin.call("POST", "/v1/seats/with-vault", body, "Idempotency-Key", "the-same-key-1");
        assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
        chain.two.lies((asked, answer) -> "");
        HttpResponse<String> second =
                admin.call("POST", "/v1/seats/with-vault", body, "Idempotency-Key", "the-same-key-1");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Idempotency-Replayed")).contains("true");
    }

    /** As the command does: a plan of the machine's owner is proposed by a name that no person has. */
    @Test
    void the_owner_of_the_machine_plans_over_the_socket_and_sends_nothing() throws Exception {
        JsonNode made = withVault(deposit(11).pubkey());
        mine(made.path("plan"));
        String seat = made.at("/seat/id").asString();
        Map<String, String> settings = chain.settings(folder);
        try (LocalAdminClient owner = SeatsUnderTest.owner(folder, settings)) {
            Response planned = owner.post("/owner/seats/" + seat + "/approve", StrictJson.write(Map.of()));
            JsonNode plan = StrictJson.parse(planned.body());
            assertThat(planned.status()).isEqualTo(200);
            assertThat(plan.at("/plan/proposer").asString()).isEqualTo("local:owner");
            Map<String, Object> send =
                    Map.of("send", true, "plan", plan.path("digest").asString());
            assertThat(owner.post("/owner/seats/" + seat + "/approve", StrictJson.write(send))
                            .status())
                    .isEqualTo(503);
            assertThat(owner.post("/owner/seats/x/approve", StrictJson.write(Map.of()))
                            .status())
                    .isEqualTo(404);
            assertThat(owner.post("/owner/seats/" + seat + "/approve", StrictJson.write(Map.of("treasury", WALLET)))
                            .status())
                    .isEqualTo(400);
        }
    }

    private static ContractFunction function(String name) {
        return switch (name) {
            case "ownershipEpoch" -> DepositGateAbi.OWNERSHIP_EPOCH;
            case "pubkeyAllowlistEnabled" -> DepositGateAbi.ALLOWLIST_ENABLED;
            default -> DepositGateAbi.GET_DEPOSIT_ROOT;
        };
    }

    private void twoLies(String method, BinaryOperator<String> lie) {
        chain.two.lies((asked, answer) -> asked.startsWith(method) ? lie.apply(asked, answer) : answer);
    }

    private void governor(String signature, int flag) {
        String selector = HexText.of(Keccak256.hash(signature.getBytes(StandardCharsets.US_ASCII)))
                .substring(0, 10);
        LocalContracts.succeed(chain.chain.send(
                chain.contracts.governor, chain.contracts.router.text(), selector + "%064x".formatted(flag), "0x0"));
        clock();
    }

    /** Sends what a plan says, as the treasury would. */
    private void mine(JsonNode answer) {
        Plan plan = PlanReader.read(answer.path("plan"));
        LocalContracts.succeed(chain.chain.send(
                chain.contracts.signer,
                plan.target().text(),
                plan.calldata(),
                "0x" + plan.value().toString(16)));
        clock();
    }

    private DepositData deposit(int seed) {
        byte[] pubkey = SignedDeposit.of(seed, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)
                .pubkey();
        return SignedDeposit.of(seed, VaultAddress.credentials(vaultOf(pubkey)), SignedDeposit.NETWORK);
    }

    private EvmAddress vaultOf(byte[] pubkey) {
        return VaultAddress.of(
                chain.contracts.factory,
                chain.contracts.router,
                pubkey,
                new EvmAddress(WALLET),
                86_400,
                BigInteger.TEN.pow(18));
    }

    private static Map<String, Object> vaultBody(byte[] pubkey) {
        return Map.of(
                "operatorId",
                "1",
                "pubkey",
                HexText.of(pubkey),
                "beneficiary",
                WALLET,
                "claimDelaySeconds",
                86_400,
                "maxClaimPerPeriodWei",
                BigInteger.TEN.pow(18).toString());
    }

    private HttpResponse<String> vaultOfKey(byte[] pubkey) throws Exception {
        return post("/v1/seats/with-vault", vaultBody(pubkey));
    }

    private JsonNode withVault(byte[] pubkey) throws Exception {
        return ok(vaultOfKey(pubkey), 201);
    }

    private HttpResponse<String> post(String path, Map<String, Object> body, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of("Idempotency-Key", "request-" + ++requests));
        all.addAll(List.of(headers));
        return admin.call("POST", path, body, all.toArray(String[]::new));
    }

    private HttpResponse<String> act(String seat, String action, Map<String, Object> body, String... headers)
            throws Exception {
        return post("/v1/seats/" + seat + "/" + action, body, headers);
    }

    private HttpResponse<String> settle(String seat, String step) throws Exception {
        return act(seat, "settle", Map.of("step", step), "X-Step-Up-Token", admin.stepUp("settle", seat));
    }

    private HttpResponse<String> depositData(String seat, DepositData deposit) throws Exception {
        byte[] file = SignedDeposit.file(SignedDeposit.members(deposit, SignedDeposit.NETWORK));
        return act(seat, "deposit-data", Map.of("file", new String(file, StandardCharsets.UTF_8)));
    }

    private HttpResponse<String> hand(Plan plan) throws Exception {
        return admin.call(
                "POST",
                "/v1/plans/" + plan.digest() + "/approvals",
                anna.decide(plan, true, Duration.ofHours(1), clock).json());
    }

    private void setStatus(String seat, String status) {
        seats.service().store().write(tx -> {
            try (var update = tx.statement("UPDATE seats SET status = ? WHERE id = ?")) {
                update.setString(1, status);
                update.setLong(2, Long.parseLong(seat));
                return update.executeUpdate();
            }
        });
    }

    private int plans() {
        return seats.service().store().read(tx -> {
            try (var rows = tx.statement("SELECT count(*) FROM seat_plans").executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }

    /** Code, and the field of the first detail. */
    private static String refusal(HttpResponse<String> response) {
        JsonNode error = SeatsUnderTest.json(response).path("error");
        return error.path("code").asString() + " "
                + error.at("/details/0/field").asString();
    }

    private static JsonNode ok(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return SeatsUnderTest.json(response);
    }
}
