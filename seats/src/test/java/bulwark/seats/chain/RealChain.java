package bulwark.seats.chain;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.signing.Keccak256;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.contract.ByteStrings;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.deposit.ForkVersion;
import bulwark.testkit.BeaconRules;
import bulwark.testkit.BeaconSimulator;
import bulwark.testkit.ChainGenesis;
import bulwark.testkit.ExecutionClient;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import tools.jackson.databind.JsonNode;

/**
 * Two real execution clients with the contracts of a treasury, and the consensus layer that drives them. Every block is followed by a count of all coins: none comes from nowhere, and none is lost. Used by
 * one thread.
 */
public final class RealChain implements AutoCloseable {
    public static final BigInteger COIN = BigInteger.TEN.pow(18);
    public static final EvmAddress BENEFICIARY = EvmAddress.of("0x" + "be".repeat(20));
    public static final EvmAddress DESTINATION = EvmAddress.of("0x" + "de".repeat(20));
    /** The fee recipient of the simulator's blocks. */
    private static final EvmAddress PROPOSER = EvmAddress.of("0x" + "22".repeat(20));

    private static final BigInteger GWEI = BigInteger.TEN.pow(9);

    private final TestAccount governor = new TestAccount(0x286_287);
    public final EvmAddress router = created(0);
    public final EvmAddress gate = created(1);
    public final EvmAddress factory = created(2);
    private final EvmAddress treasury;
    private final SettableClock clock;
    private final Map<String, ExecutionClient> clients = new LinkedHashMap<>();
    private final List<JsonRpcClient> opened = new ArrayList<>();
    private final BeaconSimulator beacon;
    private final ExecutionNode node;

    private final List<EvmAddress> accounts = new ArrayList<>();
    private final BigInteger total;
    private BigInteger burnt = BigInteger.ZERO;
    private BigInteger withdrawn = BigInteger.ZERO;

    /** @param treasury the router's active signer @param clock is set to the time of each block before it comes */
    public RealChain(EvmAddress treasury, SettableClock clock) {
        this.treasury = treasury;
        this.clock = clock;
        Map<String, BigInteger> funded = Map.of(
                governor.address().text(), COIN.multiply(BigInteger.TEN),
                treasury.text(), COIN.multiply(BigInteger.valueOf(40)));
        total = funded.values().stream().reduce(BigInteger.ZERO, BigInteger::add);
        String genesis = ChainGenesis.json(286, Instant.now().minusSeconds(30), gate.text(), funded);
        CompletableFuture<ExecutionClient> other =
                CompletableFuture.supplyAsync(() -> ExecutionClient.start(genesis), Thread::startVirtualThread);
        clients.put("one", ExecutionClient.start(genesis));
        clients.put("two", other.join());
        beacon = new BeaconSimulator(BeaconRules.FEW_BLOCKS, clients, deposit -> true);
        JsonRpcClient client = new JsonRpcClient(new RpcEndpoint("one", first().uri()), Duration.ofSeconds(60));
        opened.add(client);
        node = new ExecutionNode(client);
        accounts.addAll(List.of(
                governor.address(),
                treasury,
                router,
                gate,
                factory,
                BENEFICIARY,
                DESTINATION,
                PROPOSER,
                EvmAddress.of(ChainGenesis.EXIT_REQUESTS.toLowerCase(java.util.Locale.ROOT))));
        deploy();
    }

    private ExecutionClient first() {
        return clients.values().iterator().next();
    }

    private EvmAddress created(long nonce) {
        byte[] list = RlpEncoder.encode(
                new RlpList(RlpString.create(governor.address().bytes()), RlpString.create(nonce)));
        return EvmAddress.of(Arrays.copyOfRange(Keccak256.hash(list), 12, 32));
    }

    private void deploy() {
        List<byte[]> sent = List.of(
                governor.transaction(
                        null,
                        BigInteger.ZERO,
                        creation(ContractCode.TREASURY_ROUTER, governor.address(), treasury, DESTINATION)),
                governor.transaction(null, BigInteger.ZERO, creation(ContractCode.DEPOSIT_GATE, router)),
                governor.transaction(null, BigInteger.ZERO, creation(ContractCode.VAULT_FACTORY, router)),
                governor.transaction(router, BigInteger.ZERO, TreasuryRouterAbi.CONNECT.call(gate, factory)));
        for (byte[] each : sent) {
            first().call("eth_sendRawTransaction", HexText.of(each));
        }
        advance();
        for (byte[] each : sent) {
            assertThat(node.receipt(TestAccount.hash(each)).orElseThrow().succeeded())
                    .isTrue();
        }
    }

    private static byte[] creation(ContractCode code, EvmAddress... addresses) {
        byte[] creation = code.creation();
        for (EvmAddress address : addresses) {
            creation = ByteStrings.concatenated(creation, new byte[12], address.bytes());
        }
        return creation;
    }

    /** From now on the coins of this account are counted too. */
    public void count(EvmAddress account) {
        accounts.add(account);
    }

    /** One block with what waits. */
    public void advance() {
        clock.set(beacon.timeOfNextBlock());
        beacon.advance();
        requireConserved();
    }

    public void advanceEpoch() {
        for (int i = 0; i < BeaconRules.FEW_BLOCKS.slotsPerEpoch(); i++) {
            advance();
        }
    }

    /** Nothing is minted but by withdrawals, which take it from the consensus layer; nothing leaves but as base fee; and the gate keeps what was deposited. */
    private void requireConserved() {
        JsonNode head = first().call("eth_getBlockByNumber", "latest", false);
        String number = head.path("number").asString();
        burnt = burnt.add(quantity(head.path("baseFeePerGas")).multiply(quantity(head.path("gasUsed"))));
        for (JsonNode each : head.path("withdrawals")) {
            withdrawn = withdrawn.add(quantity(each.path("amount")).multiply(GWEI));
        }
        BigInteger held = BigInteger.ZERO;
        for (EvmAddress account : accounts) {
            held = held.add(quantity(first().call("eth_getBalance", account.text(), number)));
        }
        assertThat(held.add(burnt).subtract(withdrawn))
                .as("coins after block " + number)
                .isEqualTo(total);
        BigInteger staked = BigInteger.valueOf(beacon.balanceGwei()).multiply(GWEI);
        assertThat(balance(gate)).as("deposits after block " + number).isEqualTo(staked.add(withdrawn));
    }

    private static BigInteger quantity(JsonNode json) {
        return new BigInteger(json.asString().substring(2), 16);
    }

    public BigInteger balance(EvmAddress account) {
        return quantity(first().call("eth_getBalance", account.text(), "latest"));
    }

    /** What the consensus layer paid out, in wei. */
    public BigInteger withdrawn() {
        return withdrawn;
    }

    /** {@code label=url,label=url}, as settings name them. */
    public String executionUrls() {
        return String.join(
                ",",
                clients.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue().uri())
                        .toList());
    }

    public String consensusUrls() {
        return String.join(
                ",",
                clients.keySet().stream()
                        .map(label -> label + "=" + beacon.api(label).uri())
                        .toList());
    }

    public NetworkFile network() {
        return new NetworkFile(
                "real",
                286,
                new ForkVersion("00000286"),
                gate,
                factory,
                router,
                treasury,
                codeHash(gate),
                codeHash(factory),
                codeHash(router),
                HexText.of(ContractCode.WITHDRAWAL_VAULT.runtimeHash()),
                HexText.of(ContractCode.WITHDRAWAL_VAULT.creationHash()),
                0);
    }

    private String codeHash(EvmAddress address) {
        return node.codeHash(address, ExecutionNode.BlockId.LATEST).orElseThrow();
    }

    @Override
    public void close() {
        beacon.close();
        opened.forEach(JsonRpcClient::close);
        clients.values().forEach(ExecutionClient::close);
    }
}
