package bulwark.seats.precondition;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.chain.AgreedReads;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.DepositEvent;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.NetworkFile;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.PreflightFailed;
import bulwark.seats.chain.VaultState;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.VaultFactoryAbi;
import bulwark.seats.plan.PlanPreconditions;
import bulwark.seats.plan.PlannedAction;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The chain as every label tells it at one block, after all of them agreed with the network file and with each other. Made for one request. Every method throws an
 * {@link ApiRefusal} with status 503, {@code TREASURY_MISMATCH} or {@code PREFLIGHT_FAILED}, that names labels and fields, when something is not so. Thread-safe.
 */
public final class ChainSnapshot {
    /** The predeploy of EIP-7002. */
    private static final EvmAddress EXIT_REQUESTS = new EvmAddress("0x00000961ef480eb55e80d19ad83579a64c007002");

    private final ChainAccess chain;
    private final Map<String, String> facts;
    private final AgreedReads reads;

    private ChainSnapshot(ChainAccess chain, Map<String, String> facts) {
        this.chain = chain;
        this.facts = facts;
        this.reads = chain.at(Long.parseLong(fact(facts, "blockNumber")));
    }

    /** @param chain null where none is configured, which is refused too: nobody knows then */
    public static ChainSnapshot now(@Nullable ChainAccess chain) {
        if (chain == null) {
            throw new ApiRefusal(
                    Kind.UNAVAILABLE,
                    "preflight_failed",
                    "No execution client is configured, so that nobody knows the state of the chain: set"
                            + " SEAT_MANAGER_EL_RPC_URLS and SEAT_MANAGER_NETWORK_FILE.");
        }
        return new ChainSnapshot(
                chain, refusing(() -> chain.preflight().require().facts()));
    }

    /** Runs a question, and makes of its failure what a caller is told. */
    static <T> T refusing(Supplier<T> question) {
        try {
            return question.get();
        } catch (PreflightFailed failed) {
            throw refusal(failed);
        }
    }

    private static ApiRefusal refusal(PreflightFailed failed) {
        List<Map<String, Object>> details =
                failed.checks().stream().map(ChainSnapshot::detail).toList();
        String first = failed.checks().getFirst().problem();
        return failed.isOfTreasury()
                ? new ApiRefusal(
                        Kind.UNAVAILABLE,
                        "treasury_mismatch",
                        "The treasury on the chain is not the configured one (" + first
                                + "): nothing is done until a person has found out why.",
                        Map.of("details", details))
                : new ApiRefusal(
                        Kind.UNAVAILABLE,
                        "preflight_failed",
                        "The execution clients do not agree with the network file and each other (" + first + ").",
                        Map.of("details", details));
    }

    private static Map<String, Object> detail(Preflight.Check check) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("field", check.label() + "." + check.name().replace(' ', '_'));
        detail.put("code", check.isAnswered() ? "differs" : "unanswered");
        detail.put("message", check.problem() + ".");
        return detail;
    }

    private static String fact(Map<String, String> facts, String name) {
        return Objects.requireNonNull(facts.get(name), name);
    }

    public NetworkFile network() {
        return chain.network();
    }

    public long blockNumber() {
        return Long.parseLong(fact(facts, "blockNumber"));
    }

    public String blockHash() {
        return fact(facts, "blockHash");
    }

    public BigInteger epoch() {
        return new BigInteger(fact(facts, "epoch"));
    }

    public String depositRoot() {
        return fact(facts, "depositRoot");
    }

    public boolean isPaused() {
        return Boolean.parseBoolean(fact(facts, "paused"));
    }

    /** Whether a deposit needs an intent on the list. */
    public boolean hasAllowlist() {
        return Boolean.parseBoolean(fact(facts, "allowlist"));
    }

    public BigInteger treasuryBalance() {
        return new BigInteger(fact(facts, "treasuryBalanceWei"));
    }

    /** The switches of the gate, as answers show them. */
    public Map<String, Object> switches() {
        Map<String, Object> switches = new LinkedHashMap<>();
        switches.put("contract", network().depositContract().text());
        switches.put("owner", network().treasuryRouter().text());
        switches.put("epoch", fact(facts, "epoch"));
        switches.put("depositRoot", depositRoot());
        switches.put("allowlistEnabled", hasAllowlist());
        switches.put("ownerOnlyDepositor", Boolean.parseBoolean(fact(facts, "ownerOnly")));
        switches.put("allowlistDisabledForever", Boolean.parseBoolean(fact(facts, "allowlistDisabledForever")));
        switches.put("allowlistDisableReadyAt", fact(facts, "allowlistDisableReadyAt"));
        switches.put("routerPaused", isPaused());
        switches.put("blockNumber", Long.toString(blockNumber()));
        switches.put("blockHash", blockHash());
        return switches;
    }

    /** What a vault says; empty when none stands at the address. */
    public Optional<VaultState> vault(EvmAddress address) {
        return refusing(() -> chain.vault(reads, address));
    }

    /** The factory's vault of a key; empty when it made none. @param pubkey 48 bytes */
    public Optional<EvmAddress> registeredVault(byte[] pubkey) {
        EvmAddress vault = ask(
                "vault of the key",
                (node, at) -> node.read(
                                network().vaultFactory(), at, VaultFactoryAbi.VAULT_OF, (Object) Keccak256.hash(pubkey))
                        .address(0));
        return vault.equals(EvmAddress.ZERO) ? Optional.empty() : Optional.of(vault);
    }

    /** Whether the gate's list has the seat's intent in this epoch. @param pubkey 48 bytes @param credentials 32 bytes */
    public boolean isAllowed(byte[] pubkey, byte[] credentials, long amountGwei) {
        return ask(
                "allowed intent",
                (node, at) -> node.read(
                                network().depositContract(),
                                at,
                                DepositGateAbi.IS_ALLOWED,
                                pubkey,
                                credentials,
                                amountGwei,
                                network().treasuryRouter())
                        .flag(0));
    }

    /** What an exit costs now, in wei; empty while the chain takes no requests. */
    public Optional<BigInteger> exitFee() {
        return ask("exit fee", (node, at) -> node.exitFee(EXIT_REQUESTS, at));
    }

    /** Every deposit since the gate stands. */
    public List<DepositEvent> deposits() {
        return refusing(() -> chain.deposits(blockNumber()));
    }

    /** An answer on which all labels agree. */
    public <T> T ask(String field, BiFunction<ExecutionNode, ExecutionNode.BlockId, T> question) {
        return refusing(() -> reads.of(field, question));
    }

    /** The labels, to ask each by itself at the block of this look. */
    List<ExecutionNode> nodes() {
        return chain.nodes();
    }

    ExecutionNode.BlockId at() {
        return reads.at();
    }

    /** What is true now of all that a plan of this action depends on. */
    public PlanPreconditions preconditions(PlannedAction action) {
        long phase = PlannedVault.of(action)
                .flatMap(this::vault)
                .map(VaultState::phase)
                .orElse(0L);
        return new PlanPreconditions(
                PlanPreconditions.CHAIN,
                epoch(),
                depositRoot(),
                phase,
                network().treasuryRouter(),
                network().depositContractCodeHash(),
                network().vaultCodeHash());
    }
}
