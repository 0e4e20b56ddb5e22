package bulwark.devnet;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.signing.Keccak256;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.contract.ByteStrings;
import bulwark.seats.contract.ContractCode;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.deposit.BlsVerifier;
import bulwark.seats.deposit.DepositData;
import bulwark.seats.deposit.DepositVerifier;
import bulwark.seats.deposit.ForkVersion;
import bulwark.testkit.BeaconDeposit;
import bulwark.testkit.BeaconRules;
import bulwark.testkit.BeaconSimulator;
import bulwark.testkit.ChainGenesis;
import bulwark.testkit.ExecutionClient;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Two execution clients, the consensus layer that drives them, and the contracts of a treasury on their chain. Used by one thread. */
final class LocalChain implements AutoCloseable {
    static final long CHAIN_ID = 286;
    static final ForkVersion FORK_VERSION = new ForkVersion("00000286");

    private static final BigInteger COINS = BigInteger.TEN.pow(21);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

    private final BlsVerifier bls = BlsVerifier.ofThisProgram();
    private final DepositVerifier deposits = new DepositVerifier(FORK_VERSION, bls);
    private final Map<String, ExecutionClient> clients = new LinkedHashMap<>();
    private final BeaconSimulator beacon;
    private final Clock clock;
    private final LocalAccount deployer;
    final EvmAddress router;
    final EvmAddress gate;
    final EvmAddress factory;

    private LocalChain(LocalAccount deployer, EvmAddress treasury, Clock clock) {
        this.clock = clock;
        this.deployer = deployer;
        router = deployer.contract(0);
        gate = deployer.contract(1);
        factory = deployer.contract(2);
        String genesis = ChainGenesis.json(
                CHAIN_ID,
                clock.instant(),
                gate.text(),
                Map.of(deployer.address().text(), COINS, treasury.text(), COINS));
        CompletableFuture<ExecutionClient> second = CompletableFuture.supplyAsync(() -> ExecutionClient.start(genesis));
        clients.put("one", ExecutionClient.start(genesis));
        clients.put("two", second.join());
        beacon = new BeaconSimulator(BeaconRules.LOCAL, clients, this::counts);
    }

    /** Starts the clients and makes the contracts. @param treasury that signs for the router */
    static LocalChain start(LocalAccount deployer, EvmAddress treasury, Clock clock) {
        LocalChain chain = new LocalChain(deployer, treasury, clock);
        chain.deploy(ContractCode.TREASURY_ROUTER, deployer.address(), treasury, deployer.address());
        chain.deploy(ContractCode.DEPOSIT_GATE, chain.router);
        chain.deploy(ContractCode.VAULT_FACTORY, chain.router);
        chain.send(deployer, chain.router, TreasuryRouterAbi.CONNECT.call(chain.gate, chain.factory));
        return chain;
    }

    /** As the consensus layer judges a deposit: by the signature of its key. */
    private boolean counts(BeaconDeposit deposit) {
        return deposits.isSigned(new DepositData(
                HexText.bytes(deposit.pubkey()),
                HexText.bytes(deposit.credentials()),
                deposit.gwei(),
                HexText.bytes(deposit.signature())));
    }

    private void deploy(ContractCode code, EvmAddress... addresses) {
        byte[] creation = code.creation();
        for (EvmAddress address : addresses) {
            creation = ByteStrings.concatenated(creation, new byte[12], address.bytes());
        }
        send(deployer, null, creation);
    }

    /** In a block of its own. @throws CommandFailed when it reverts */
    void send(LocalAccount from, @Nullable EvmAddress to, byte[] data) {
        byte[] signed = from.transaction(to, BigInteger.ZERO, data);
        first().call("eth_sendRawTransaction", HexText.of(signed));
        beacon.advance();
        JsonNode receipt = first().call("eth_getTransactionReceipt", HexText.of(Keccak256.hash(signed)));
        if (!receipt.path("status").asString().equals("0x1")) {
            throw new CommandFailed("the local chain did not take the transaction that prepares it: " + receipt);
        }
    }

    private ExecutionClient first() {
        return clients.values().iterator().next();
    }

    /** The description that services are pinned to. */
    NetworkFile network(EvmAddress treasury) {
        return new NetworkFile(
                "local",
                CHAIN_ID,
                FORK_VERSION,
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
        return HexText.of(Keccak256.hash(HexText.bytes(
                first().call("eth_getCode", address.text(), "latest").asString())));
    }

    /** {@code label=url} of each execution client. */
    List<String> executionUrls() {
        return clients.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue().uri())
                .toList();
    }

    /** {@code label=url} of each consensus client. */
    List<String> consensusUrls() {
        return clients.keySet().stream()
                .map(label -> label + "=" + beacon.api(label).uri())
                .toList();
    }

    /** One block for each slot until the thread is interrupted. */
    void run() {
        while (!Thread.currentThread().isInterrupted()) {
            if (beacon.headTime() + BeaconRules.LOCAL.secondsPerSlot()
                    <= clock.instant().getEpochSecond()) {
                beacon.advance();
            } else {
                LockSupport.parkNanos(LOOK_INTERVAL.toNanos());
            }
        }
    }

    @Override
    public void close() {
        beacon.close();
        clients.values().forEach(ExecutionClient::close);
        bls.close();
    }
}
