package bulwark.seats.chain;

import bulwark.kernel.signing.Digests;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The execution clients of one service, each under its label, with the network that all of them must be of. Made once, closed with the service. Thread-safe. */
public final class ChainAccess implements AutoCloseable {
    /** From a request to the last byte of its answer. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(15);

    private final NetworkFile network;
    private final List<JsonRpcClient> clients;
    private final List<ExecutionNode> nodes;
    private final Preflight preflight;
    private final Map<String, DepositHistory> deposits = new HashMap<>();

    private ChainAccess(NetworkFile network, List<JsonRpcClient> clients, Duration maxHeadAge, Clock clock) {
        this.network = network;
        this.clients = clients;
        this.nodes = clients.stream().map(ExecutionNode::new).toList();
        this.preflight = new Preflight(network.canonical(maxHeadAge), nodes, clock);
        for (ExecutionNode node : nodes) {
            deposits.put(node.label(), new DepositHistory(node, network.depositContract(), network.genesisBlock()));
        }
    }

    /**
     * Opens no connection yet.
     *
     * @param endpoints {@link Preflight#MIN_LABELS} or more, each with a label of its own
     * @param maxHeadAge of the newest block of a client
     */
    public static ChainAccess open(NetworkFile network, List<RpcEndpoint> endpoints, Duration maxHeadAge, Clock clock) {
        List<JsonRpcClient> clients = endpoints.stream()
                .map(endpoint -> new JsonRpcClient(endpoint, ANSWER_TIMEOUT))
                .toList();
        return new ChainAccess(network, clients, maxHeadAge, clock);
    }

    public NetworkFile network() {
        return network;
    }

    /** In the order of the setting. */
    public List<ExecutionNode> nodes() {
        return nodes;
    }

    /** Compares all of them with the network and with each other, now. */
    public Preflight.Report preflight() {
        return preflight.run();
    }

    /** Questions to all of them about one block. */
    public AgreedReads at(long block) {
        return new AgreedReads(nodes, ExecutionNode.BlockId.number(block));
    }

    /** Every deposit up to a block, on which all agree; as many as the contract counts. @throws PreflightFailed when one tells another history */
    public List<DepositEvent> deposits(long lastBlock) {
        try {
            return agreedDeposits(lastBlock);
        } catch (PreflightFailed failed) {
            deposits.values().forEach(DepositHistory::forget);
            throw failed;
        }
    }

    private List<DepositEvent> agreedDeposits(long lastBlock) {
        AgreedReads reads = at(lastBlock);
        List<DepositEvent> events = reads.of(
                "deposits",
                ChainAccess::fingerprint,
                (node, at) -> Objects.requireNonNull(deposits.get(node.label())).until(lastBlock));
        long count = reads.of(
                "deposit count",
                (node, at) -> littleEndian(node.read(network.depositContract(), at, DepositGateAbi.GET_DEPOSIT_COUNT)
                        .bytes(0)));
        if (count != events.size()) {
            throw new PreflightFailed(List.of(new Preflight.Check(
                    "all", "deposits", count + " as the contract counts", Integer.toString(events.size()), false)));
        }
        return events;
    }

    private static String fingerprint(List<DepositEvent> events) {
        MessageDigest sha = Digests.newSha256();
        for (DepositEvent event : events) {
            sha.update(event.deposit().dataRoot());
            sha.update(HexText.bytes(event.log().blockHash()));
        }
        return events.size() + " with digest " + HexText.of(sha.digest());
    }

    private static long littleEndian(byte[] bytes) {
        return bytes.length == Long.BYTES
                ? ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong()
                : -1;
    }

    /** What a vault says; empty when none stands there. @throws PreflightFailed when labels differ, or the code there is no vault's */
    public Optional<VaultState> vault(AgreedReads reads, EvmAddress address) {
        String none = "none";
        String code =
                reads.of("vault code", (node, at) -> node.codeHash(address, at).orElse(none));
        if (code.equals(none)) {
            return Optional.empty();
        }
        if (!code.equals(network.vaultCodeHash())) {
            throw new PreflightFailed(
                    List.of(new Preflight.Check("all", "vault code", network.vaultCodeHash(), code, false)));
        }
        return Optional.of(reads.of("vault", (node, at) -> VaultState.read(node, address, at)));
    }

    @Override
    public void close() {
        clients.forEach(JsonRpcClient::close);
    }
}
