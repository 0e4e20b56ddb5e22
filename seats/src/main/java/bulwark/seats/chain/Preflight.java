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

    /** Names of checks that say whose the contracts are. */
    static final String GATE_OWNER = "gate owner";

    static final String ACTIVE_SIGNER = "active signer";

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
    public record Check(String label, String name, String expected, String actual, boolean ok) {
        private static final String AN_ANSWER = "an answer";

        static Check unanswered(String label, String name, RpcFailed failed) {
            return new Check(label, name, AN_ANSWER, "none (" + failed.kind() + ", " + failed.method() + ")", false);
        }

        /** Whether the label said something at all. */
        public boolean isAnswered() {
            return !expected.equals(AN_ANSWER);
        }

        /** A sentence that names label and field. */
        public String problem() {
            return label + ": " + name + " is " + actual + ", and not " + expected;
        }
    }

    /**
     * All comparisons, and what every label says of the block that they share.
     *
     * @param facts by name: blockNumber, blockHash, epoch, depositRoot, allowlist, ownerOnly, allowlistDisabledForever, allowlistDisableReadyAt, paused, treasuryBalanceWei; empty when something is not ok
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
                    .map(Check::problem)
                    .toList();
        }

        /** @throws PreflightFailed when something is not ok */
        public Report require() {
            if (!ok()) {
                throw new PreflightFailed(
                        checks.stream().filter(check -> !check.ok()).toList());
            }
            return this;
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

    /** What one label said. */
    private record Told<T>(List<Check> checks, T answer) {}

    /** The newest block that every label has; empty when one has none. */
    private OptionalLong heads(List<Check> checks) {
        OptionalLong common = OptionalLong.empty();
        boolean all = !nodes.isEmpty();
        for (Told<Optional<BlockHead>> told : LabelQuestions.ask(nodes, this::head)) {
            checks.addAll(told.checks());
            all &= told.answer().isPresent();
            if (told.answer().isPresent()) {
                long number = told.answer().get().number();
                common = OptionalLong.of(common.isPresent() ? Math.min(common.getAsLong(), number) : number);
            }
        }
        return all ? common : OptionalLong.empty();
    }

    private Told<Optional<BlockHead>> head(ExecutionNode node) {
        List<Check> checks = new ArrayList<>();
        Reader reader = new Reader(node, checks);
        reader.equal(
                "chainId",
                Long.toString(canonical.chainId()),
                () -> node.chainId().toString());
        Optional<BlockHead> head =
                reader.read("head", () -> node.block(BlockId.LATEST).orElseThrow());
        head.ifPresent(found -> {
            Duration age = Duration.between(found.time(), clock.instant());
            boolean fresh =
                    age.compareTo(canonical.maxHeadAge()) <= 0 && age.negated().compareTo(MAX_CLOCK_SKEW) <= 0;
            checks.add(new Check(
                    node.label(),
                    "head age",
                    canonical.maxHeadAge().toSeconds() + " s or less",
                    age.toSeconds() + " s",
                    fresh));
        });
        return new Told<>(checks, head);
    }

    private Map<String, String> compareAt(long number, List<Check> checks) {
        List<Told<Map<String, String>>> told = LabelQuestions.ask(nodes, node -> state(node, number));
        Map<String, String> first = told.getFirst().answer();
        for (int i = 0; i < told.size(); i++) {
            checks.addAll(told.get(i).checks());
            if (i > 0) {
                Reader reader = new Reader(nodes.get(i), checks);
                told.get(i)
                        .answer()
                        .forEach((name, value) -> reader.equal(name, first.getOrDefault(name, "unknown"), () -> value));
            }
        }
        return first;
    }

    private Told<Map<String, String>> state(ExecutionNode node, long number) {
        List<Check> checks = new ArrayList<>();
        Reader reader = new Reader(node, checks);
        BlockId at = BlockId.number(number);
        pinned(node, reader, at);
        return new Told<>(checks, facts(node, reader, at, number));
    }

    private void pinned(ExecutionNode node, Reader reader, BlockId at) {
        reader.equal("gate code", canonical.gateCodeHash(), () -> code(node, canonical.gate(), at));
        reader.equal("factory code", canonical.factoryCodeHash(), () -> code(node, canonical.factory(), at));
        reader.equal("router code", canonical.routerCodeHash(), () -> code(node, canonical.router(), at));
        addresses(node, reader, at, GATE_OWNER, canonical.gate(), DepositGateAbi.OWNER, canonical.router());
        addresses(node, reader, at, "router gate", canonical.router(), TreasuryRouterAbi.GATE, canonical.gate());
        addresses(
                node, reader, at, "router factory", canonical.router(), TreasuryRouterAbi.FACTORY, canonical.factory());
        addresses(node, reader, at, "factory router", canonical.factory(), VaultFactoryAbi.ROUTER, canonical.router());
        addresses(
                node,
                reader,
                at,
                ACTIVE_SIGNER,
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
        reader.fact(
                facts,
                "allowlistDisabledForever",
                () -> flag(node, at, gate, DepositGateAbi.ALLOWLIST_DISABLED_FOREVER));
        reader.fact(
                facts,
                "allowlistDisableReadyAt",
                () -> node.read(gate, at, DepositGateAbi.ALLOWLIST_DISABLE_READY_AT)
                        .number(0)
                        .toString());
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
                checks.add(Check.unanswered(node.label(), name, failed));
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
