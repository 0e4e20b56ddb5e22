package bulwark.seats.watch;

import bulwark.seats.chain.BlockHead;
import bulwark.seats.chain.EventLog;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.WithdrawalVaultAbi;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads events of the gate and of the two request contracts, and the settlements that vaults tell of, up to a block that two labels call safe. Labels must agree in every event and in the hash of the last
 * block; when they do not, nothing is taken. A client's flag "removed" is never looked at: blocks are compared by their hashes. Stateless but for its endpoints.
 */
final class ExecutionScan {
    /** Of EIP-7002 and EIP-7251: withdrawals and consolidations that are asked for. */
    static final EvmAddress WITHDRAWALS = EvmAddress.of("0x00000961ef480eb55e80d19ad83579a64c007002");

    static final EvmAddress CONSOLIDATIONS = EvmAddress.of("0x0000bbddc7ce488642fb579f8b00f3a590007251");

    /** Blocks behind the cursor that are read again. */
    static final int OVERLAP = 64;

    /** Blocks of one question; providers refuse more. */
    static final long MAX_BLOCKS = 1_000;

    /** Of one question, so that its body stays small. */
    static final int MAX_VAULTS = 1_000;

    /** Of one pass, so that a long way is gone in steps that are each committed. */
    private static final int MAX_QUESTIONS = 5;

    static final String LABEL_DOWN = "EL_LABEL_DOWN";
    static final String LABEL_BEHIND = "EL_LABEL_BEHIND";
    static final String LABELS_DISAGREE = "EL_LABELS_DISAGREE";
    static final String TOO_FEW_LABELS = "EL_TOO_FEW_LABELS";

    /** Alerts that each scan says anew. */
    static final List<String> CODES = List.of(LABEL_DOWN, LABEL_BEHIND, LABELS_DISAGREE, TOO_FEW_LABELS);

    private final List<ExecutionNode> nodes;
    private final EvmAddress gate;
    private final long firstBlock;

    /** @param firstBlock that the gate stood in, or an earlier one */
    ExecutionScan(List<ExecutionNode> nodes, EvmAddress gate, long firstBlock) {
        this.nodes = List.copyOf(nodes);
        this.gate = gate;
        this.firstBlock = firstBlock;
    }

    /**
     * What every label said. Immutable.
     *
     * @param from first block that was read
     * @param fresh first block that no pass before has read, or that another block has taken the place of
     * @param reorganised whether a block that was read before is no longer there
     * @param last newest block that was read
     */
    record Agreed(long from, long fresh, boolean reorganised, ScannedBlock last, List<EventLog> logs) {}

    /** @param agreed empty when labels are too few or do not agree: the alerts say which */
    record Look(List<Alert> alerts, Optional<Agreed> agreed) {}

    private record Answer(String label, String lastHash, List<EventLog> logs) {}

    /** @param known blocks that were read up to, newest first @param vaults each once, whose settlements are looked for */
    Look run(List<ScannedBlock> known, List<EvmAddress> vaults) {
        List<Alert> alerts = new ArrayList<>();
        Map<ExecutionNode, Long> safe = new LinkedHashMap<>();
        for (ExecutionNode node : nodes) {
            ask(node, alerts, each -> each.block(BlockId.SAFE).map(BlockHead::number))
                    .flatMap(Function.identity())
                    .ifPresent(number -> safe.put(node, number));
        }
        Optional<Long> common = safe.values().stream()
                .sorted(Comparator.reverseOrder())
                .skip(Preflight.MIN_LABELS - 1L)
                .findFirst();
        if (common.isEmpty()) {
            return tooFew(alerts);
        }
        long target = common.get();
        List<ExecutionNode> asked = new ArrayList<>();
        safe.forEach((node, number) -> {
            if (number >= target) {
                asked.add(node);
            } else if (number < target - OVERLAP) {
                alerts.add(behind(node.label(), number, target));
            }
        });
        if (!known.isEmpty() && target < known.getFirst().number()) {
            alerts.add(behind("all", target, known.getFirst().number()));
            return new Look(alerts, Optional.empty());
        }
        return compare(asked, known, vaults, target, alerts);
    }

    private Look compare(
            List<ExecutionNode> asked,
            List<ScannedBlock> known,
            List<EvmAddress> vaults,
            long target,
            List<Alert> alerts) {
        Optional<Optional<ScannedBlock>> common =
                ask(asked.getFirst(), alerts, node -> Optional.ofNullable(lastCommon(node, known)));
        if (common.isEmpty()) {
            return tooFew(alerts);
        }
        boolean reorganised = !known.isEmpty() && !common.get().equals(Optional.of(known.getFirst()));
        long read = common.get().map(ScannedBlock::number).orElse(firstBlock - 1);
        long from = Math.max(firstBlock, read + 1 - OVERLAP);
        long to = Math.min(target, Math.max(from, read + 1) + MAX_QUESTIONS * MAX_BLOCKS - OVERLAP - 1);
        if (to < from) {
            return new Look(alerts, Optional.empty());
        }
        List<Answer> answers = new ArrayList<>();
        for (ExecutionNode node : asked) {
            ask(node, alerts, each -> read(each, vaults, from, to)).ifPresent(answers::add);
        }
        if (answers.size() < Preflight.MIN_LABELS) {
            return tooFew(alerts);
        }
        Answer first = answers.getFirst();
        for (Answer other : answers.subList(1, answers.size())) {
            difference(first, other).ifPresent(alerts::add);
        }
        boolean agreed = alerts.stream().noneMatch(alert -> alert.code().equals(LABELS_DISAGREE));
        return new Look(
                alerts,
                agreed
                        ? Optional.of(new Agreed(
                                from, read + 1, reorganised, new ScannedBlock(to, first.lastHash()), first.logs()))
                        : Optional.empty());
    }

    /** The newest block that was read and still is there; null when there is none. */
    private static @Nullable ScannedBlock lastCommon(ExecutionNode node, List<ScannedBlock> known) {
        for (ScannedBlock block : known) {
            Optional<BlockHead> now = node.block(BlockId.number(block.number()));
            if (now.isPresent() && now.get().hash().equals(block.hash())) {
                return block;
            }
        }
        return null;
    }

    private Answer read(ExecutionNode node, List<EvmAddress> vaults, long from, long to) {
        List<EventLog> logs = new ArrayList<>();
        for (EvmAddress contract : List.of(gate, WITHDRAWALS, CONSOLIDATIONS)) {
            for (long at = from; at <= to; at += MAX_BLOCKS) {
                logs.addAll(node.logs(contract, at, Math.min(to, at + MAX_BLOCKS - 1)));
            }
        }
        for (int i = 0; i < vaults.size(); i += MAX_VAULTS) {
            List<EvmAddress> some = vaults.subList(i, Math.min(vaults.size(), i + MAX_VAULTS));
            for (long at = from; at <= to; at += MAX_BLOCKS) {
                logs.addAll(node.logs(
                        some, WithdrawalVaultAbi.SETTLEMENT_PROPOSED_TOPIC, at, Math.min(to, at + MAX_BLOCKS - 1)));
            }
        }
        logs.sort(Comparator.comparingLong(EventLog::blockNumber).thenComparingLong(EventLog::index));
        String hash = node.block(BlockId.number(to))
                .map(BlockHead::hash)
                .orElseThrow(() -> node.malformed("eth_getBlockByNumber", "no block " + to + ", which it calls safe"));
        return new Answer(node.label(), hash, logs);
    }

    private static Optional<Alert> difference(Answer first, Answer other) {
        String what;
        if (!first.lastHash().equals(other.lastHash())) {
            what = "the hash of the last safe block";
        } else if (!keys(first).equals(keys(other))) {
            what = "the events of the contracts";
        } else {
            return Optional.empty();
        }
        return Optional.of(Alert.critical(
                LABELS_DISAGREE,
                other.label(),
                "The labels " + first.label() + " and " + other.label() + " differ in " + what + ".",
                "Nothing is taken from the execution layer until they agree: find out which of them is wrong, and take it"
                        + " out of SEAT_MANAGER_EL_RPC_URLS."));
    }

    private static List<List<Object>> keys(Answer answer) {
        return answer.logs().stream()
                .map(log -> List.<Object>of(
                        log.address(),
                        log.topics(),
                        HexText.of(log.data()),
                        log.blockNumber(),
                        log.blockHash(),
                        log.transactionHash(),
                        log.index()))
                .toList();
    }

    private static <T> Optional<T> ask(ExecutionNode node, List<Alert> alerts, Function<ExecutionNode, T> question) {
        try {
            return Optional.of(question.apply(node));
        } catch (RpcFailed failed) {
            alerts.add(Alert.warning(
                    LABEL_DOWN,
                    node.label(),
                    "The execution client " + node.label() + " gave no answer that can be used (" + failed.kind() + ", "
                            + failed.method() + ").",
                    "Look at that client; while fewer than " + Preflight.MIN_LABELS
                            + " labels answer, nothing is taken from the execution layer."));
            return Optional.empty();
        }
    }

    private static Alert behind(String label, long number, long expected) {
        return Alert.warning(
                LABEL_BEHIND,
                label,
                "The execution client " + label + " calls block " + number + " safe, and " + expected + " is known.",
                "Look at that client: it does not follow the chain.");
    }

    private static Look tooFew(List<Alert> alerts) {
        alerts.add(Alert.critical(
                TOO_FEW_LABELS,
                "watcher:el",
                "Fewer than " + Preflight.MIN_LABELS + " execution clients gave answers that can be used.",
                "Nothing is taken from the execution layer until two labels of SEAT_MANAGER_EL_RPC_URLS answer."));
        return new Look(alerts, Optional.empty());
    }
}
