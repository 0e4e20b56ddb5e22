package bulwark.seats.watch;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.beacon.BeaconNode;
import bulwark.seats.chain.EndpointClient;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.chain.JsonRpcClient;
import bulwark.seats.chain.RpcEndpoint;
import bulwark.seats.chain.TestAccount;
import bulwark.seats.contract.ByteStrings;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositFile;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.seats.seat.SeatRows;
import bulwark.testkit.BeaconRules;
import bulwark.testkit.BeaconSimulator;
import bulwark.testkit.ChainGenesis;
import bulwark.testkit.ExecutionClient;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;

/** A seat from its approval to its withdrawal as the watchers see it, on two real execution clients and the consensus layer that drives them. */
@Timeout(420)
class WatchOnRealClientsTest {
    private static final BigInteger COIN = BigInteger.TEN.pow(18);
    private static final EvmAddress BENEFICIARY = EvmAddress.of("0x" + "be".repeat(20));
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final TestAccount signer = new TestAccount(0x287);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final EvmAddress router = created(0);
    private final EvmAddress gate = created(1);
    private final EvmAddress factory = created(2);
    private ExecutionClient first;
    private BeaconSimulator beacon;
    private ExecutionNode node;
    private SeatRows rows;
    private ExecutionWatcher execution;
    private ConsensusWatcher consensus;

    private EvmAddress created(long nonce) {
        byte[] list =
                RlpEncoder.encode(new RlpList(RlpString.create(signer.address().bytes()), RlpString.create(nonce)));
        return EvmAddress.of(Arrays.copyOfRange(Keccak256.hash(list), 12, 32));
    }

    private <T extends AutoCloseable> T opened(T closeable) {
        open.addFirst(closeable);
        return closeable;
    }

    private void start() {
        String genesis = ChainGenesis.json(
                286,
                Instant.now().minusSeconds(30),
                gate.text(),
                Map.of(signer.address().text(), COIN.multiply(BigInteger.valueOf(1_000))));
        first = opened(ExecutionClient.start(genesis));
        ExecutionClient second = opened(ExecutionClient.start(genesis));
        Map<String, ExecutionClient> clients = new LinkedHashMap<>();
        clients.put("one", first);
        clients.put("two", second);
        beacon = opened(new BeaconSimulator(BeaconRules.SHORT, clients, deposit -> true));
        List<ExecutionNode> nodes = new ArrayList<>();
        List<BeaconNode> beacons = new ArrayList<>();
        clients.forEach((label, client) -> {
            nodes.add(new ExecutionNode(opened(new JsonRpcClient(new RpcEndpoint(label, client.uri()), TIMEOUT))));
            URI uri = beacon.api(label).uri();
            beacons.add(new BeaconNode(opened(new EndpointClient(new RpcEndpoint(label, uri), TIMEOUT))));
        });
        node = nodes.getFirst();
        rows = opened(new SeatRows(folder));
        execution = new ExecutionWatcher(rows.store, new ExecutionScan(nodes, gate, 0), router, rows.clock);
        consensus = new ConsensusWatcher(rows.store, beacons, "0x00000286", rows.clock);
    }

    private void send(EvmAddress to, BigInteger wei, byte[] data) {
        byte[] signed = signer.transaction(to, wei, data);
        first.call("eth_sendRawTransaction", HexText.of(signed));
        beacon.advance();
        assertThat(node.receipt(TestAccount.hash(signed)).orElseThrow().succeeded())
                .isTrue();
    }

    private void route(BigInteger wei, ContractFunction function, Object... arguments) {
        send(router, wei, function.call(arguments));
    }

    private void deploy(ContractCode code, EvmAddress... addresses) {
        byte[] creation = code.creation();
        for (EvmAddress address : addresses) {
            creation = ByteStrings.concatenated(creation, new byte[12], address.bytes());
        }
        send(null, BigInteger.ZERO, creation);
    }

    private void epochsAndLook(int epochs) {
        beacon.advanceEpochs(epochs);
        rows.clock.set(node.block(BlockId.LATEST).orElseThrow().time());
        execution.pass();
        consensus.pass();
    }

    private List<String> alerts() {
        return rows.store.<List<Map<String, Object>>>read(AlertTable::shown).stream()
                .map(alert -> alert.get("code") + " " + alert.get("subject"))
                .toList();
    }

    @Test
    void the_watchers_follow_a_seat_from_its_approval_to_its_withdrawal() throws Exception {
        try {
            start();
            deploy(
                    ContractCode.TREASURY_ROUTER,
                    signer.address(),
                    signer.address(),
                    EvmAddress.of("0x" + "de".repeat(20)));
            deploy(ContractCode.DEPOSIT_GATE, router);
            deploy(ContractCode.VAULT_FACTORY, router);
            route(BigInteger.ZERO, TreasuryRouterAbi.CONNECT, gate, factory);
            byte[] pubkey =
                    SignedDeposit.of(1, new byte[32], SignedDeposit.NETWORK).pubkey();
            route(
                    BigInteger.ZERO,
                    TreasuryRouterAbi.CREATE_VAULT,
                    pubkey,
                    BENEFICIARY,
                    VaultAddress.PRINCIPAL_TARGET_WEI,
                    BigInteger.valueOf(3_600),
                    COIN);
            EvmAddress vault = VaultAddress.of(factory, router, pubkey, BENEFICIARY, 3_600, COIN);
            DepositData seat = SignedDeposit.of(1, VaultAddress.credentials(vault), SignedDeposit.NETWORK);
            rows.create(1, HexText.of(seat.pubkey()), HexText.of(seat.credentials()));

            route(
                    BigInteger.ZERO,
                    TreasuryRouterAbi.ADD_ALLOWED_FOR,
                    seat.pubkey(),
                    seat.credentials(),
                    DepositFile.SEAT_GWEI,
                    router);
            epochsAndLook(0);
            assertThat(rows.status(1)).as("its block is not justified yet").isEqualTo("CREATED");
            epochsAndLook(2);
            assertThat(rows.status(1)).isEqualTo("ALLOWLISTED");

            byte[] root = node.read(gate, BlockId.LATEST, DepositGateAbi.GET_DEPOSIT_ROOT)
                    .bytes(0);
            route(
                    VaultAddress.PRINCIPAL_TARGET_WEI,
                    TreasuryRouterAbi.DEPOSIT,
                    seat.pubkey(),
                    seat.credentials(),
                    seat.signature(),
                    seat.dataRoot(),
                    root);
            beacon.api("two").optimistic(true);
            epochsAndLook(2);
            assertThat(rows.status(1)).isIn("DEPOSITED", "SEEN_BY_CL");
            epochsAndLook(4);
            epochsAndLook(1);
            assertThat(rows.status(1)).as("one label alone counts").isEqualTo("SEEN_BY_CL");
            assertThat(alerts()).contains("CL_LABEL_NOT_FOLLOWING two");
            beacon.api("two").optimistic(false);
            epochsAndLook(1);
            assertThat(rows.status(1)).isEqualTo("ACTIVE");
            assertThat(alerts()).isEmpty();

            route(BigInteger.valueOf(100), TreasuryRouterAbi.TRIGGER_EXIT, vault);
            epochsAndLook(3);
            epochsAndLook(4);
            ValidatorRow known = rows.store.read(tx -> ValidatorRow.of(tx, 1)).orElseThrow();
            assertThat(known.exitTx()).isNotNull();
            assertThat(known.status()).isEqualTo("withdrawal_done");
            assertThat(rows.status(1)).isEqualTo("ACTIVE");
            assertThat(alerts()).isEmpty();
        } finally {
            for (AutoCloseable each : open) {
                each.close();
            }
        }
    }
}
