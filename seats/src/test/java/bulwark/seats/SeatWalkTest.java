package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.approval.ApproverKey;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.chain.RealChain;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.seats.plan.ChainNetwork;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanReader;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.signer.Signer;
import bulwark.seats.signer.TreasuryBackend;
import bulwark.testkit.PostgresServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * A seat from its making to its settlement on two real execution clients, through the service's routes alone: two people approve each plan with keys of their own, the signer has its key in each of the three
 * backends, the watchers (of one walk in a composition of their own, beside the service) move the seat, and no coin is lost at any block.
 */
@Timeout(1_200)
class SeatWalkTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(300);
    private static final Signing SIGNING = Signing.fastest();
    private static final int MAX_EPOCHS = 20;

    @TempDir
    Path folder;

    @TempDir
    Path signerFolder;

    @TempDir
    Path watcherFolder;

    private final SettableClock clock = new SettableClock(Instant.now());
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private RealChain chain;
    private SeatsUnderTest seats;
    private SignedIn admin;
    private ApproverKey anna;
    private ApproverKey bert;
    private int requests;

    private <T extends AutoCloseable> T opened(T closeable) {
        open.push(closeable);
        return closeable;
    }

    @AfterEach
    void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private void start(TreasuryBackend.Kind kind) throws Exception {
        TreasuryBackend backend = opened(TreasuryBackend.create(kind, signerFolder));
        EvmAddress treasury = backend.address();
        chain = opened(new RealChain(treasury, clock));
        anna = ApproverKey.create(folder.resolve("anna.key"), "anna", SIGNING);
        bert = ApproverKey.create(folder.resolve("bert.key"), "bert", SIGNING);
        Map<String, Object> approvers =
                Map.of("schema", "csm-approvers/1", "approvers", List.of(anna.listEntry(), bert.listEntry()));
        NetworkFile network = chain.network();
        backend.write("approvers.json", approvers);
        backend.write("policy.json", policy(network, treasury));
        backend.write("vault.hex", HexText.of(ContractCode.WITHDRAWAL_VAULT.creation()));
        Signer signer = opened(backend.signer(clock));
        assertThat(signer).isNotNull();
        Map<String, String> settings = settings(network);
        describe(folder, network, approvers);
        if (kind == TreasuryBackend.Kind.LOCAL) {
            startApart(settings, network, approvers);
        } else {
            SeatsUnderTest.deploy(folder);
            SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
            seats = opened(SeatsUnderTest.startWatching(folder, settings, clock));
        }
        signIn();
        admin.call("POST", "/v1/operators", Map.of("name", "North"));
    }

    /** Service and watcher share a database and nothing else: what the watcher plans, the service finds in the queue. */
    private void startApart(Map<String, String> settings, NetworkFile network, Map<String, Object> approvers)
            throws IOException {
        settings.putAll(new SeatDatabase(PostgresServer.shared()).settings());
        SeatsUnderTest.deploy(folder, settings);
        SeatsUnderTest.createAdmin(folder, settings, "root", SeatsUnderTest.PASSWORD);
        seats = opened(SeatsUnderTest.start(folder, settings, clock));
        describe(watcherFolder, network, approvers);
        Map<String, String> environment = SeatsUnderTest.environment(settings);
        opened(SeatWatcher.start(
                () -> Configuration.read(SeatSettings.schema(), environment, watcherFolder), watcherFolder, clock));
    }

    private static void describe(Path folder, NetworkFile network, Map<String, Object> approvers) throws IOException {
        Files.write(folder.resolve("network.json"), StrictJson.write(network.json()));
        Files.write(folder.resolve("approvers.json"), StrictJson.write(approvers));
    }

    private Map<String, String> settings(NetworkFile network) {
        Map<String, String> settings = new HashMap<>();
        settings.put("SEAT_MANAGER_ENV", "development");
        settings.put("SEAT_MANAGER_NETWORK_FILE", "network.json");
        settings.put("SEAT_MANAGER_NETWORK_FILE_SHA256", Digests.sha256Hex(StrictJson.write(network.json())));
        settings.put("SEAT_MANAGER_EL_RPC_URLS", chain.executionUrls());
        settings.put("SEAT_MANAGER_CL_API_URLS", chain.consensusUrls());
        settings.put("SEAT_MANAGER_EL_POLL_SECONDS", "1");
        settings.put("SEAT_MANAGER_CL_POLL_SECONDS", "1");
        settings.put("SEAT_MANAGER_MAX_HEAD_AGE_SECONDS", "3600");
        settings.put("SEAT_MANAGER_HEARTBEAT_STALE_SECONDS", "3600");
        settings.put("SEAT_MANAGER_APPROVERS_FILE", "approvers.json");
        settings.put("SEAT_MANAGER_APPROVALS", "2");
        settings.put("SEAT_MANAGER_WRITES_ENABLED", "true");
        settings.put(
                "SEAT_MANAGER_SIGNER_SOCKET",
                signerFolder.resolve("signer.sock").toString());
        return settings;
    }

    private static Map<String, Object> policy(NetworkFile network, EvmAddress treasury) {
        List<Object> rules = List.of(
                rule("vaults", List.of("vault-deploy", "approve"), "0", Map.of("approvals", 2)),
                rule("deposits", List.of("deposit"), "32000000000000000000", Map.of("approvals", 2)),
                rule("exits", List.of("force-exit"), "1000000000000000", Map.of("approvals", 2)),
                rule(
                        "settlements",
                        List.of("settle-propose", "settle-finalize"),
                        "0",
                        Map.of("approvals", 0, "vaults", List.of("deposited"), "perDay", 4)),
                rule("claims", List.of("claim-principal"), "0", Map.of("approvals", 2)));
        Map<String, Object> policy = new LinkedHashMap<>();
        policy.put("schema", "csm-policy/1");
        policy.put(
                "network",
                new ChainNetwork(
                                286,
                                network.depositContract(),
                                network.vaultFactory(),
                                network.treasuryRouter(),
                                network.vaultCreationCodeHash())
                        .json());
        policy.put("treasury", treasury.text());
        policy.put("rules", rules);
        return policy;
    }

    private static Map<String, Object> rule(String name, List<String> kinds, String value, Map<String, Object> more) {
        Map<String, Object> rule = new LinkedHashMap<>();
        rule.put("name", name);
        rule.put("effect", "allow");
        rule.put("kinds", kinds);
        rule.put("maxValueWei", value);
        rule.put("maxFeePerGasWei", "90000000000");
        rule.put("maxGas", "3000000");
        rule.putAll(more);
        return rule;
    }

    /** Blocks are ten minutes apart, so that a session does not see many. */
    private void signIn() throws Exception {
        admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
    }

    private static JsonNode ok(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return SeatsUnderTest.json(response);
    }

    private HttpResponse<String> post(String path, Map<String, Object> body, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of("Idempotency-Key", "request-" + ++requests));
        all.addAll(List.of(headers));
        return admin.call("POST", path, body, all.toArray(String[]::new));
    }

    private HttpResponse<String> forceExit() throws Exception {
        return post("/v1/seats/1/force-exit", Map.of(), "X-Step-Up-Token", admin.stepUp("force-exit", "1"));
    }

    /** Two people approve, a third sends, and the next block holds it. */
    private void carryOut(JsonNode planned) throws Exception {
        Plan plan = PlanReader.read(planned.path("plan"));
        String digest = plan.digest().text();
        for (ApproverKey each : List.of(anna, bert)) {
            ok(
                    admin.call(
                            "POST",
                            "/v1/plans/" + digest + "/approvals",
                            each.decide(plan, true, Duration.ofHours(2), clock).json()),
                    200);
        }
        String operation = ok(
                        post(
                                "/v1/plans/" + digest + "/send",
                                Map.of(),
                                "X-Step-Up-Token",
                                admin.stepUp("send", digest)),
                        202)
                .path("operationId")
                .asString();
        await(plan.kind().word(), () -> isSent(ok(admin.get("/v1/operations/" + operation), 200)));
        chain.advance();
        signIn();
    }

    private static boolean isSent(JsonNode operation) {
        assertThat(operation.path("status").asString()).as(operation.toString()).isNotIn("FAILED", "CANCELLED");
        return operation.path("status").asString().matches("SUBMITTED|CONFIRMED");
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(TIMEOUT).until(condition);
    }

    private JsonNode seat() throws Exception {
        return ok(admin.get("/v1/seats/1"), 200);
    }

    /** What watchers show once these epochs are over. */
    private void after(int epochs, String pointer, String expected) throws Exception {
        for (int i = 0; i < epochs; i++) {
            chain.advanceEpoch();
        }
        signIn();
        await(expected, () -> seat().at(pointer).asString().equals(expected));
    }

    /** The block of the request is safe an epoch before the state that shows the exit is final. */
    private void untilSentAndNotShown() throws Exception {
        for (int i = 0; i < MAX_EPOCHS; i++) {
            awaitWholeLooks();
            JsonNode seat = seat();
            if (!seat.at("/exit/state").asString().equals("NONE")) {
                assertThat(seat.at("/exit/state").asString()).isEqualTo("SENT");
                assertThat(seat.at("/validator/status").asString()).isEqualTo("active_ongoing");
                return;
            }
            chain.advanceEpoch();
            signIn();
        }
        throw new AssertionError("no exit was seen: " + seat());
    }

    /** Both watchers have begun and ended a look since the last block: the second heartbeat is of a look behind the first. */
    private void awaitWholeLooks() {
        for (int i = 0; i < 2; i++) {
            clock.set(clock.instant().plusSeconds(1));
            String since = Timestamps.zulu(clock.instant());
            await(
                    "watchers",
                    () -> seats.service().store().read(tx -> {
                        try (var rows = tx.statement(
                                        "SELECT count(*) FROM watcher_heartbeats WHERE seen_at >= '" + since + "'")
                                .executeQuery()) {
                            rows.next();
                            return rows.getInt(1) == 2;
                        }
                    }));
        }
    }

    /** A step that no person asked for. */
    private void awaitSettlement(String kind) throws Exception {
        await(kind, () -> {
            JsonNode newest = ok(admin.get("/v1/operations?seat_id=1"), 200).at("/items/0");
            return newest.path("kind").asString().equals(kind) && isSent(newest);
        });
        chain.advance();
        signIn();
    }

    /** The three walks wait for watchers and blocks beside each other, each on a chain, a signer and a service of its own. */
    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @EnumSource
    void a_seat_is_made_deposited_forced_out_and_settled_and_no_coin_is_lost(TreasuryBackend.Kind kind)
            throws Exception {
        start(kind);
        DepositData deposit = deposit();
        JsonNode made = ok(post("/v1/seats/with-vault", vaultBody(deposit)), 201);
        EvmAddress vault = EvmAddress.of(made.at("/seat/vaultAddress").asString());
        chain.count(vault);
        carryOut(made.path("plan"));
        byte[] file = SignedDeposit.file(SignedDeposit.members(deposit, SignedDeposit.NETWORK));
        ok(post("/v1/seats/1/deposit-data", Map.of("file", new String(file, StandardCharsets.UTF_8))), 200);
        carryOut(ok(post("/v1/seats/1/approve", Map.of()), 200));
        after(2, "/status", "ALLOWLISTED");
        carryOut(ok(post("/v1/seats/1/deposit", Map.of()), 200));
        assertThat(chain.balance(chain.gate)).isEqualTo(VaultAddress.PRINCIPAL_TARGET_WEI);
        after(3, "/status", "SEEN_BY_CL");
        // The validator is active since the epoch before, and may exit two epochs after it.
        HttpResponse<String> early = forceExit();
        assertThat(SeatsUnderTest.code(early)).as(early.body()).isEqualTo("EXIT_NOT_ELIGIBLE");
        after(1, "/status", "ACTIVE");

        carryOut(ok(forceExit(), 200));
        untilSentAndNotShown();
        after(1, "/exit/state", "REQUESTED");
        after(2, "/validator/status", "withdrawal_done");
        assertThat(chain.balance(vault)).isEqualTo(VaultAddress.PRINCIPAL_TARGET_WEI);
        assertThat(chain.withdrawn()).isEqualTo(VaultAddress.PRINCIPAL_TARGET_WEI);

        awaitSettlement("settle-propose");
        after(2, "/settlement/phase", "PROPOSED");
        Instant ready = Instant.parse(seat().at("/settlement/readyAt").asString());
        while (clock.instant().isBefore(ready.plusSeconds(2_400))) {
            chain.advanceEpoch();
        }
        signIn();
        awaitSettlement("settle-finalize");
        after(2, "/settlement/phase", "SETTLED");
        carryOut(ok(post("/v1/seats/1/plans", Map.of("kind", "claim-principal")), 201));
        assertThat(chain.balance(RealChain.DESTINATION)).isEqualTo(VaultAddress.PRINCIPAL_TARGET_WEI);
        assertThat(chain.balance(vault)).isZero();

        await(
                "operations",
                () -> !ok(admin.get("/v1/operations?seat_id=1"), 200)
                        .toString()
                        .matches(".*\"status\":\"(QUEUED|RUNNING|SUBMITTED)\".*"));
        JsonNode operations = ok(admin.get("/v1/operations?seat_id=1"), 200).path("items");
        assertThat(operations.findValuesAsString("status")).hasSize(7).containsOnly("CONFIRMED");
        assertThat(ok(admin.call("POST", "/v1/evidence/verify", Map.of()), 200)
                        .path("whole")
                        .asBoolean())
                .isTrue();
        assertThat(ok(admin.get("/v1/dashboard/alerts"), 200).path("items").findValuesAsString("code"))
                .containsOnly("STATIC_TOKEN_WITHOUT_SUNSET");
        assertThat(ok(seats.get("/health"), 200).path("signer").asString())
                .isEqualTo(kind.name().toLowerCase(java.util.Locale.ROOT));
    }

    private static final BigInteger MAX_CLAIM = RealChain.COIN;

    private DepositData deposit() {
        byte[] pubkey = SignedDeposit.of(1, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)
                .pubkey();
        EvmAddress vault =
                VaultAddress.of(chain.factory, chain.router, pubkey, RealChain.BENEFICIARY, 86_400, MAX_CLAIM);
        return SignedDeposit.of(1, VaultAddress.credentials(vault), SignedDeposit.NETWORK);
    }

    private static Map<String, Object> vaultBody(DepositData deposit) {
        return Map.of(
                "operatorId",
                "1",
                "pubkey",
                HexText.of(deposit.pubkey()),
                "beneficiary",
                RealChain.BENEFICIARY.text(),
                "claimDelaySeconds",
                86_400,
                "maxClaimPerPeriodWei",
                MAX_CLAIM.toString());
    }
}
