package bulwark.seats.chain;

import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.TreasuryRouterAbi;
import bulwark.seats.contract.VaultFactoryAbi;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Compares every client with what must be true, and with each other at one common block. Two labels at least must answer and agree in
 * everything; whatever cannot be read counts as a difference. Thread-safe.
 */
public final class Preflight {
    /** Fewer prove nothing: one client alone cannot be contradicted. */
    public static final int MIN_LABELS = 2;

    /** Clocks of honest machines differ by less. */
    private static final Duration MAX_CLOCK_SKEW = Duration.ofSeconds(60);

    private final CanonicalChain canonical;
    private final List<ExecutionNode> nodes;
    private final Clock clock;

    public Preflight(CanonicalChain canonical, List<ExecutionNode> nodes, Clock clock) {
        this.canonical = canonical;
        this.nodes = List.copyOf(nodes);
        this.clock = clock;
    }

    /** One comparison. Immutable. */
    public record Check(String label, String name, String expected, String actual, boolean ok) {}

    /**
     * All comparisons, and what every label says of the block that they share.
     *
     * @param facts by name: blockNumber, blockHash, epoch, depositRoot, allowlist, ownerOnly, paused, treasuryBalanceWei; empty when something is not ok
     */
    public record Report(List<Check> checks, Map<String, String> facts) {
        public Report {
            checks = List.copyOf(checks);
            facts = Map.copyOf(facts);
        }

        public boolean ok() {
            return !facts.isEmpty();
        }

        /** What is wrong, as sentences that name label and field. */
        public List<String> problems() {
            return checks.stream()
                    .filter(check -> !check.ok())
                    .map(check -> check.label() + ": " + check.name() + " is " + check.actual() + ", and not "
                            + check.expected())
                    .toList();
        }
    }

    public Report run() {
        List<Check> checks = new ArrayList<>();
        long labels = nodes.stream().map(ExecutionNode::label).distinct().count();
        checks.add(new Check("all", "labels", MIN_LABELS + " or more", Long.toString(labels), labels >= MIN_LABELS));
        OptionalLong common = heads(checks);
        Map<String, String> facts = Map.of();
        if (common.isPresent()) {
            facts = compareAt(common.getAsLong(), checks);
        }
        return new Report(checks, checks.stream().allMatch(Check::ok) ? facts : Map.of());
    }

    /** The newest block that every label has; empty when one has none. */
    private OptionalLong heads(List<Check> checks) {
        OptionalLong common = OptionalLong.empty();
        boolean all = !nodes.isEmpty();
        for (ExecutionNode node : nodes) {
            Reader reader = new Reader(node, checks);
            reader.equal(
                    "chainId",
                    Long.toString(canonical.chainId()),
                    () -> node.chainId().toString());
            Optional<BlockHead> head =
                    reader.read("head", () -> node.block(BlockId.LATEST).orElseThrow());
            all &= head.isPresent();
            if (head.isPresent()) {
                Duration age = Duration.between(head.get().time(), clock.instant());
                boolean fresh = age.compareTo(canonical.maxHeadAge()) <= 0
                        && age.negated().compareTo(MAX_CLOCK_SKEW) <= 0;
                checks.add(new Check(
                        node.label(),
                        "head age",
                        canonical.maxHeadAge().toSeconds() + " s or less",
                        age.toSeconds() + " s",
                        fresh));
                long number = head.get().number();
                common = OptionalLong.of(common.isPresent() ? Math.min(common.getAsLong(), number) : number);
            }
        }
        return all ? common : OptionalLong.empty();
    }

    private Map<String, String> compareAt(long number, List<Check> checks) {
        BlockId at = BlockId.number(number);
        Map<String, String> first = new LinkedHashMap<>();
        for (ExecutionNode node : nodes) {
            Reader reader = new Reader(node, checks);
            pinned(node, reader, at);
            Map<String, String> facts = facts(node, reader, at, number);
            if (first.isEmpty()) {
                first.putAll(facts);
            } else {
                facts.forEach((name, value) -> reader.equal(name, first.getOrDefault(name, "unknown"), () -> value));
            }
        }
        return first;
    }

    private void pinned(ExecutionNode node, Reader reader, BlockId at) {
        reader.equal("gate code", canonical.gateCodeHash(), () -> code(node, canonical.gate(), at));
        reader.equal("factory code", canonical.factoryCodeHash(), () -> code(node, canonical.factory(), at));
        reader.equal("router code", canonical.routerCodeHash(), () -> code(node, canonical.router(), at));
        addresses(node, reader, at, "gate owner", canonical.gate(), DepositGateAbi.OWNER, canonical.router());
        addresses(node, reader, at, "router gate", canonical.router(), TreasuryRouterAbi.GATE, canonical.gate());
        addresses(
                node, reader, at, "router factory", canonical.router(), TreasuryRouterAbi.FACTORY, canonical.factory());
        addresses(node, reader, at, "factory router", canonical.factory(), VaultFactoryAbi.ROUTER, canonical.router());
        addresses(
                node,
                reader,
                at,
                "active signer",
                canonical.router(),
                TreasuryRouterAbi.ACTIVE_SIGNER,
                canonical.treasury());
    }

    private static void addresses(
            ExecutionNode node,
            Reader reader,
            BlockId at,
            String name,
            EvmAddress contract,
            ContractFunction function,
            EvmAddress expected) {
        reader.equal(
                name,
                expected.checksummed(),
                () -> node.read(contract, at, function).address(0).checksummed());
    }

    private Map<String, String> facts(ExecutionNode node, Reader reader, BlockId at, long number) {
        Map<String, String> facts = new LinkedHashMap<>();
        EvmAddress gate = canonical.gate();
        reader.fact(facts, "blockNumber", () -> Long.toString(number));
        reader.fact(facts, "blockHash", () -> node.block(at).orElseThrow().hash());
        reader.fact(
                facts,
                "epoch",
                () -> node.read(gate, at, DepositGateAbi.OWNERSHIP_EPOCH)
                        .number(0)
                        .toString());
        reader.fact(
                facts,
                "depositRoot",
                () -> HexText.of(
                        node.read(gate, at, DepositGateAbi.GET_DEPOSIT_ROOT).bytes(0)));
        reader.fact(facts, "allowlist", () -> flag(node, at, gate, DepositGateAbi.ALLOWLIST_ENABLED));
        reader.fact(facts, "ownerOnly", () -> flag(node, at, gate, DepositGateAbi.OWNER_ONLY_DEPOSITOR));
        reader.fact(facts, "paused", () -> flag(node, at, canonical.router(), TreasuryRouterAbi.PAUSED));
        reader.fact(
                facts,
                "treasuryBalanceWei",
                () -> node.balance(canonical.treasury(), at).toString());
        return facts;
    }

    private static String flag(ExecutionNode node, BlockId at, EvmAddress contract, ContractFunction function) {
        return Boolean.toString(node.read(contract, at, function).flag(0));
    }

    private static String code(ExecutionNode node, EvmAddress address, BlockId at) {
        return node.codeHash(address, at).orElse("no code");
    }

    /** One label's answers; what cannot be read is a check that is not ok. */
    private record Reader(ExecutionNode node, List<Check> checks) {
        <T> Optional<T> read(String name, Supplier<T> question) {
            try {
                return Optional.of(question.get());
            } catch (RpcFailed failed) {
                checks.add(new Check(
                        node.label(),
                        name,
                        "an answer",
                        "none (" + failed.kind() + ", " + failed.method() + ")",
                        false));
            } catch (NoSuchElementException absent) {
                checks.add(new Check(node.label(), name, "a block", "none", false));
            }
            return Optional.empty();
        }

        void equal(String name, String expected, Supplier<String> question) {
            read(name, question)
                    .ifPresent(actual ->
                            checks.add(new Check(node.label(), name, expected, actual, actual.equals(expected))));
        }

        void fact(Map<String, String> facts, String name, Supplier<String> question) {
            read(name, question).ifPresent(value -> facts.put(name, value));
        }
    }
}
