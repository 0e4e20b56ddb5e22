package bulwark.seats.chain;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Keccak256;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.contract.ByteStrings;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.testkit.BeaconRules;
import bulwark.testkit.BeaconSimulator;
import bulwark.testkit.ChainGenesis;
import bulwark.testkit.ConsensusTypes;
import bulwark.testkit.ExecutionClient;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import tools.jackson.databind.JsonNode;

/** A seat from deposit to withdrawal on two real execution clients, and the simulator that drives them. */
@Timeout(420)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BeaconSimulatorTest {
    private static final BigInteger COIN = BigInteger.TEN.pow(18);
    private static final TestAccount SIGNER = new TestAccount(0x286);
    private static final EvmAddress BENEFICIARY = EvmAddress.of("0x" + "be".repeat(20));
    private static final BlsVerifier BLS = BlsVerifier.ofThisProgram();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static ExecutionClient first;
    private static ExecutionClient second;
    private static BeaconSimulator beacon;
    private static JsonRpcClient client;
    private static ExecutionNode node;
    private static EvmAddress router;
    private static EvmAddress gate;
    private static EvmAddress factory;
    private static EvmAddress vault;
    private static DepositData seat;

    @BeforeAll
    static void start() {
        router = created(0);
        gate = created(1);
        factory = created(2);
        String genesis = ChainGenesis.json(
                286,
                Instant.now().minusSeconds(30),
                gate.text(),
                Map.of(SIGNER.address().text(), COIN.multiply(BigInteger.valueOf(1_000))));
        first = ExecutionClient.start(genesis);
        second = ExecutionClient.start(genesis);
        DepositVerifier verifier = new DepositVerifier(SignedDeposit.NETWORK, BLS);
        Map<String, ExecutionClient> clients = new LinkedHashMap<>();
        clients.put("one", first);
        clients.put("two", second);
        beacon = new BeaconSimulator(
                BeaconRules.SHORT,
                clients,
                deposit -> verifier.isSigned(new DepositData(
                        HexText.bytes(deposit.pubkey()),
                        HexText.bytes(deposit.credentials()),
                        deposit.gwei(),
                        HexText.bytes(deposit.signature()))));
        client = new JsonRpcClient(new RpcEndpoint("one", first.uri()), Duration.ofSeconds(30));
        node = new ExecutionNode(client);
    }

    @AfterAll
    static void stop() {
        BLS.close();
        HTTP.close();
        if (beacon != null) {
            beacon.close();
            client.close();
        }
        if (second != null) {
            second.close();
        }
        if (first != null) {
            first.close();
        }
    }

    /** The address of the contract that the account's transaction with this nonce makes. */
    private static EvmAddress created(long nonce) {
        byte[] list =
                RlpEncoder.encode(new RlpList(RlpString.create(SIGNER.address().bytes()), RlpString.create(nonce)));
        return EvmAddress.of(Arrays.copyOfRange(Keccak256.hash(list), 12, 32));
    }

    private static TransactionReceipt send(EvmAddress to, BigInteger wei, byte[] data) {
        byte[] signed = SIGNER.transaction(to, wei, data);
        first.call("eth_sendRawTransaction", HexText.of(signed));
        beacon.advance();
        return node.receipt(TestAccount.hash(signed)).orElseThrow();
    }

    private static void route(BigInteger wei, ContractFunction function, Object... arguments) {
        assertThat(send(router, wei, function.call(arguments)).succeeded())
                .as(function.name())
                .isTrue();
    }

    private static void deploy(ContractCode code, EvmAddress... addresses) {
        byte[] creation = code.creation();
        for (EvmAddress address : addresses) {
            creation = ByteStrings.concatenated(creation, new byte[12], address.bytes());
        }
        assertThat(send(null, BigInteger.ZERO, creation).succeeded()).isTrue();
    }

    private static JsonNode ask(String label, String path) throws Exception {
        HttpResponse<byte[]> response = HTTP.send(
                HttpRequest.newBuilder(URI.create(beacon.api(label).uri() + path))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        return StrictJson.parse(response.body());
    }

    private static String status(String label) throws Exception {
        return ask(label, "/eth/v1/beacon/states/head/validators?id=" + HexText.of(seat.pubkey()))
                .at("/data/0/status")
                .asString();
    }

    @Test
    @Order(1)
    void a_deposit_of_the_gate_comes_out_of_the_client_as_a_request_and_becomes_an_active_validator() throws Exception {
        EvmAddress signer = SIGNER.address();
        deploy(ContractCode.TREASURY_ROUTER, signer, signer, EvmAddress.of("0x" + "de".repeat(20)));
        deploy(ContractCode.DEPOSIT_GATE, router);
        deploy(ContractCode.VAULT_FACTORY, router);
        route(BigInteger.ZERO, TreasuryRouterAbi.CONNECT, gate, factory);
        byte[] pubkey = SignedDeposit.of(1, new byte[32], SignedDeposit.NETWORK).pubkey();
        route(
                BigInteger.ZERO,
                TreasuryRouterAbi.CREATE_VAULT,
                pubkey,
                BENEFICIARY,
                VaultAddress.PRINCIPAL_TARGET_WEI,
                BigInteger.valueOf(3_600),
                COIN);
        vault = VaultAddress.of(factory, router, pubkey, BENEFICIARY, 3_600, COIN);
        VaultVerifier.Wanted wanted = new VaultVerifier.Wanted(pubkey, BENEFICIARY, 3_600, COIN);
        assertThat(new VaultVerifier(node, factory, router).problems(wanted, BlockId.LATEST))
                .isEmpty();
        seat = SignedDeposit.of(1, VaultAddress.credentials(vault), SignedDeposit.NETWORK);
        route(
                BigInteger.ZERO,
                TreasuryRouterAbi.ADD_ALLOWED_FOR,
                seat.pubkey(),
                seat.credentials(),
                DepositFile.SEAT_GWEI,
                router);
        deposit();
        keepAnswers();
        assertThat(ask("two", "/eth/v1/beacon/states/head/pending_deposits")
                        .at("/data/0/pubkey")
                        .asString())
                .isEqualTo(HexText.of(seat.pubkey()));

        // A fork choice to a sibling takes the deposit away, on both clients.
        beacon.reorganise(1);
        assertThat(ask("two", "/eth/v1/beacon/states/head/pending_deposits")
                        .path("data")
                        .size())
                .isZero();
        assertThat(new DepositHistory(node, gate, 0)
                        .until(node.block(BlockId.LATEST).orElseThrow().number()))
                .isEmpty();
        deposit();
        beacon.advanceEpochs(1);
        assertThat(status("one")).isEqualTo("pending_queued");
        beacon.advanceEpochs(2);
        assertThat(status("one")).isEqualTo("active_ongoing").isEqualTo(status("two"));
    }

    private static int deposits;

    private static void deposit() {
        byte[] root =
                node.read(gate, BlockId.LATEST, DepositGateAbi.GET_DEPOSIT_ROOT).bytes(0);
        byte[] data = TreasuryRouterAbi.DEPOSIT.call(
                seat.pubkey(), seat.credentials(), seat.signature(), seat.dataRoot(), root);
        // After a reorganisation the account's nonce is the former one again.
        byte[] signed = deposits++ == 0
                ? SIGNER.transaction(router, VaultAddress.PRINCIPAL_TARGET_WEI, data)
                : SIGNER.again(router, VaultAddress.PRINCIPAL_TARGET_WEI, data);
        first.call("eth_sendRawTransaction", HexText.of(signed));
        beacon.advance();
        assertThat(node.receipt(TestAccount.hash(signed)).orElseThrow().succeeded())
                .isTrue();
    }

    @Test
    @Order(2)
    void a_label_that_lags_shows_an_old_head_and_a_label_may_lie_and_claim_to_be_optimistic() throws Exception {
        beacon.lags("two", true);
        long before = Long.decode(second.call("eth_blockNumber").asString());
        beacon.advanceEpochs(1);
        assertThat(Long.decode(second.call("eth_blockNumber").asString())).isEqualTo(before);
        assertThat(ask("two", "/eth/v1/beacon/headers/head").at("/data/root"))
                .isNotEqualTo(ask("one", "/eth/v1/beacon/headers/head").at("/data/root"));
        beacon.lags("two", false);
        assertThat(second.call("eth_getBlockByNumber", "latest", false).path("hash"))
                .isEqualTo(first.call("eth_getBlockByNumber", "latest", false).path("hash"));
        assertThat(node.block(BlockId.FINALIZED).orElseThrow().number()).isPositive();

        beacon.api("two").optimistic(true);
        assertThat(ask("two", "/eth/v1/beacon/states/head/validators")
                        .path("execution_optimistic")
                        .booleanValue())
                .isTrue();
        beacon.api("two").optimistic(false);
        beacon.api("two").lies((path, answer) -> answer.replace("active_ongoing", "withdrawal_done"));
        assertThat(status("two")).isEqualTo("withdrawal_done").isNotEqualTo(status("one"));
        beacon.api("two").lies((path, answer) -> answer);
    }

    @Test
    @Order(3)
    void two_real_clients_agree_on_everything_that_a_plan_depends_on_and_try_its_call() {
        NetworkFile network = new NetworkFile(
                "local",
                286,
                SignedDeposit.NETWORK,
                gate,
                factory,
                router,
                SIGNER.address(),
                code(gate),
                code(factory),
                code(router),
                code(vault),
                HexText.of(ContractCode.WITHDRAWAL_VAULT.creationHash()),
                0);
        List<RpcEndpoint> endpoints =
                List.of(new RpcEndpoint("one", first.uri()), new RpcEndpoint("two", second.uri()));
        Clock clock = Clock.fixed(node.block(BlockId.LATEST).orElseThrow().time(), ZoneOffset.UTC);
        try (ChainAccess chain = ChainAccess.open(network, endpoints, Duration.ofMinutes(2), clock)) {
            Preflight.Report report = chain.preflight();
            assertThat(report.problems()).isEmpty();
            long block = Long.parseLong(report.facts().getOrDefault("blockNumber", ""));
            assertThat(chain.deposits(block)).singleElement().matches(event -> event.isOf(seat.pubkey()));
            assertThat(chain.vault(chain.at(block), vault).orElseThrow().phase())
                    .isZero();
            for (ExecutionNode each : chain.nodes()) {
                BlockId at = BlockId.number(block);
                assertThat(each.exitFee(EvmAddress.of(ChainGenesis.EXIT_REQUESTS), at)
                                .orElseThrow())
                        .isPositive();
                assertThat(each.simulate(
                                SIGNER.address(),
                                router,
                                BigInteger.valueOf(100),
                                HexText.of(TreasuryRouterAbi.TRIGGER_EXIT.call(vault)),
                                at))
                        .isInstanceOf(ExecutionNode.Simulation.Succeeds.class);
                String late = HexText.of(TreasuryRouterAbi.DEPOSIT.call(
                        seat.pubkey(), seat.credentials(), seat.signature(), seat.dataRoot(), new byte[32]));
                assertThat(each.simulate(SIGNER.address(), router, VaultAddress.PRINCIPAL_TARGET_WEI, late, at))
                        .isEqualTo(new ExecutionNode.Simulation.Reverts("DepositRootMoved"));
            }
        }
    }

    private static String code(EvmAddress address) {
        return node.codeHash(address, BlockId.LATEST).orElseThrow();
    }

    @Test
    @Order(4)
    void an_exit_that_the_vault_asked_for_ends_with_the_principal_in_the_vault_to_the_wei() throws Exception {
        BigInteger before = node.balance(vault, BlockId.LATEST);
        route(BigInteger.valueOf(100), TreasuryRouterAbi.TRIGGER_EXIT, vault);
        assertThat(status("one")).isEqualTo("active_exiting");
        keepAnswers();
        beacon.advanceEpochs(3);
        assertThat(status("one")).isEqualTo("withdrawal_done").isEqualTo(status("two"));
        assertThat(node.balance(vault, BlockId.LATEST).subtract(before)).isEqualTo(VaultAddress.PRINCIPAL_TARGET_WEI);
        assertThat(node.balance(router, BlockId.LATEST))
                .as("what was left of the fee went back")
                .isZero();
    }

    /** What the simulator answered, each with the container that it must be. */
    private static final List<ConsensusTypes.Document> ANSWERS = new ArrayList<>();

    private static void keepAnswers() throws Exception {
        String state = "/eth/v1/beacon/states/head/";
        keep("phase0.Genesis", ask("one", "/eth/v1/beacon/genesis").path("data"));
        keep("electra.PendingDeposits", ask("one", state + "pending_deposits").path("data"));
        ask("one", state + "validators").path("data").forEach(each -> keep("phase0.Validator", each.path("validator")));
        ask("one", state + "finality_checkpoints").path("data").forEach(each -> keep("phase0.Checkpoint", each));
        keep(
                "phase0.SignedBeaconBlockHeader",
                ask("one", "/eth/v1/beacon/headers/head").at("/data/header"));
    }

    private static void keep(String type, JsonNode json) {
        ANSWERS.add(new ConsensusTypes.Document(type, json));
    }

    @Test
    @Order(5)
    void another_consensus_client_reads_the_simulators_answers_as_its_own_containers() throws Exception {
        assertThat(ANSWERS)
                .anyMatch(each -> each.type().equals("electra.PendingDeposits")
                        && !each.json().isEmpty())
                .anyMatch(each -> each.type().equals("phase0.Validator"));
        assertThat(ConsensusTypes.readAndWritten(ANSWERS))
                .isEqualTo(ANSWERS.stream().map(ConsensusTypes.Document::json).toList());
    }
}
