package bulwark.seats.watch;

import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.approval.WatcherProposal;
import bulwark.seats.approval.WatcherProposal.Outcome;
import bulwark.seats.beacon.ValidatorStatus;
import bulwark.seats.chain.AgreedReads;
import bulwark.seats.chain.BlockHead;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.PreflightFailed;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.chain.VaultState;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatEvents;
import bulwark.seats.seat.SeatStateMachine;
import bulwark.seats.seat.SeatTable;
import bulwark.seats.store.SeatStore;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the vaults of validators that exit and at those that told of a settlement, keeps what they say, and has settlements proposed and finalised whose conditions hold. Each vault is looked at by itself: what is wrong with one is an alert of its
 * seat, and holds up no other. A kill at any moment repeats a look. Used by one thread at a time.
 */
final class SettlementWatcher {
    /** Of one pass, the longest unlooked first: a vault costs eight questions to each label. */
    static final int MAX_VAULTS = 25;

    /** A vault that told of a proposal is looked at whatever its seat is. */
    private static final List<String> LOOKED_AT = List.of(
            SeatStateMachine.ALLOWLISTED,
            SeatStateMachine.DEPOSITED,
            SeatStateMachine.SEEN_BY_CL,
            SeatStateMachine.ACTIVE,
            SeatStateMachine.EXCEPTION);

    private static final Logger LOG = LoggerFactory.getLogger(SettlementWatcher.class);
    private static final String ACTOR = "watcher:cl";

    private final SeatStore store;
    private final ChainAccess chain;
    private final @Nullable WatcherProposal proposals;
    private final Clock clock;
    /** By seat: the number of the pass that looked at its vault last. */
    private final Map<Long, Long> looked = new HashMap<>();

    private long passes;

    /** @param proposals null where nothing is settled without a person */
    SettlementWatcher(SeatStore store, ChainAccess chain, @Nullable WatcherProposal proposals, Clock clock) {
        this.store = store;
        this.chain = chain;
        this.proposals = proposals;
        this.clock = clock;
    }

    /** A seat whose vault is looked at. @param row null before the first look that kept one */
    private record Candidate(
            Seat seat, @Nullable String status, @Nullable SettlementRow row) {}

    /** A block that two labels called safe, with its time. */
    private record SafeBlock(AgreedReads reads, long number, String hash, Instant time) {}

    void pass() {
        List<Candidate> candidates = candidates();
        Optional<ScannedBlock> cursor =
                store.read(ScannedBlock::newest).stream().findFirst();
        if (candidates.isEmpty() || cursor.isEmpty()) {
            return;
        }
        SafeBlock block;
        try {
            block = safeBlock(cursor.get());
        } catch (PreflightFailed | RpcFailed failed) {
            // The watcher of the execution layer says which label is wrong.
            LOG.info("no vault is looked at in this pass: {}", failed.getMessage());
            return;
        }
        passes++;
        for (Candidate candidate : candidates) {
            looked.put(candidate.seat().id(), passes);
            look(candidate, block);
        }
    }

    private List<Candidate> candidates() {
        List<Candidate> all = store.read(tx -> {
            Map<Long, ValidatorRow> validators = ValidatorRow.all(tx);
            Map<Long, SettlementRow> rows = SettlementRow.all(tx);
            List<Candidate> found = new ArrayList<>();
            for (Seat seat : SeatTable.inStates(tx, LOOKED_AT)) {
                String status =
                        validators.getOrDefault(seat.id(), ValidatorRow.UNKNOWN).status();
                SettlementRow row = rows.get(seat.id());
                boolean settled = row != null && row.phase() == SettlementPhase.SETTLED;
                if (!settled && (row != null || isExiting(status))) {
                    found.add(new Candidate(seat, status, row));
                }
            }
            return found;
        });
        return all.stream()
                .sorted(Comparator.comparingLong(
                        candidate -> looked.getOrDefault(candidate.seat().id(), 0L)))
                .limit(MAX_VAULTS)
                .toList();
    }

    private static boolean isWithdrawn(Candidate candidate) {
        return ValidatorStatus.WITHDRAWAL_DONE.word().equals(candidate.status());
    }

    private static boolean isExiting(@Nullable String status) {
        return Stream.of(ValidatorStatus.values())
                .anyMatch(each -> each.isExiting() && each.word().equals(status));
    }

    private SafeBlock safeBlock(ScannedBlock cursor) {
        AgreedReads reads = chain.at(cursor.number());
        BlockHead head = reads.of(
                "block",
                (node, at) -> node.block(at)
                        .orElseThrow(() -> node.malformed("eth_getBlockByNumber", "no block " + cursor.number())));
        return new SafeBlock(reads, head.number(), head.hash(), head.time());
    }

    private void look(Candidate candidate, SafeBlock block) {
        Seat seat = candidate.seat();
        @Nullable VaultState state;
        try {
            state = chain.vault(block.reads(), seat.vault()).orElse(null);
        } catch (PreflightFailed | RpcFailed | ArithmeticException failed) {
            keep(seat, null, null, List.of(unreadable(seat, String.valueOf(failed.getMessage()))));
            return;
        }
        if (state == null) {
            keep(seat, null, null, List.of(unreadable(seat, "no contract stands at the address of its credentials")));
            return;
        }
        if (state.phase() == 0 && candidate.row() == null && !isWithdrawn(candidate)) {
            return;
        }
        SettlementRow row = row(candidate, state, block);
        SettlementJudge judge = new SettlementJudge(seat, candidate.status(), state, row, block.time());
        SettlementJudge.Verdict verdict = judge.verdict();
        List<Alert> alerts = new ArrayList<>(verdict.alerts());
        act(judge, verdict).ifPresent(alerts::add);
        keep(seat, candidate.row(), row, alerts);
    }

    private static SettlementRow row(Candidate candidate, VaultState state, SafeBlock block) {
        SettlementRow before = candidate.row();
        SettlementPhase phase = SettlementPhase.of(state.phase(), before == null ? null : before.phase());
        long since = before != null && before.phase() == phase
                ? before.since()
                : block.time().getEpochSecond();
        return new SettlementRow(
                phase,
                since,
                state.settlementReadyAt().longValueExact(),
                state.balance().toString(),
                block.number(),
                block.hash());
    }

    /** Has the step planned. @return an alert where it does not get on */
    private Optional<Alert> act(SettlementJudge judge, SettlementJudge.Verdict verdict) {
        if (verdict.action() == null) {
            return Optional.empty();
        }
        boolean late = judge.now().isAfter(verdict.dueSince().plus(SettlementJudge.STUCK_AFTER));
        String step = judge.row().phase() == SettlementPhase.PROPOSED ? "finalize" : "propose";
        if (proposals == null) {
            return late
                    ? Optional.of(judge.stuck(
                            "SEAT_MANAGER_AUTO_SETTLE or SEAT_MANAGER_WRITES_ENABLED is off, so that nobody but a person"
                                    + " takes the next step",
                            step))
                    : Optional.empty();
        }
        return switch (proposals.propose(judge.seat().id(), verdict.action())) {
            case Outcome.UnderWay underWay ->
                late
                        ? Optional.of(
                                judge.stuck("plan " + underWay.plan() + " is on its way, and no block shows it", step))
                        : Optional.empty();
            case Outcome.Waiting waiting ->
                Optional.of(judge.stuck(
                        "plan " + waiting.plan() + " does not get on (" + cause(waiting.reason()) + ")", step));
            case Outcome.NotMade notMade ->
                Optional.of(judge.stuck("nothing was planned (" + cause(notMade.reason()) + ")", step));
        };
    }

    private static String cause(String sentence) {
        return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
    }

    /** What one look at one vault means, in a transaction of its own. @param row null when the vault could not be read */
    private void keep(Seat seat, @Nullable SettlementRow before, @Nullable SettlementRow row, List<Alert> alerts) {
        String now = Timestamps.zulu(clock.instant());
        store.<Boolean>write(tx -> {
            for (String code : SettlementJudge.CODES) {
                Optional<Alert> open = alerts.stream()
                        .filter(alert -> alert.code().equals(code))
                        .findFirst();
                if (open.isPresent()) {
                    AlertTable.open(tx, open.get(), now);
                } else {
                    AlertTable.close(tx, code, Alert.seat(seat.id()));
                }
            }
            if (row != null) {
                keep(tx, seat, before, row);
            }
            return true;
        });
    }

    private void keep(WriteTx tx, Seat seat, @Nullable SettlementRow before, SettlementRow row) throws SQLException {
        row.write(tx, seat.id());
        String from = before == null ? "" : before.phase().name();
        if (from.equals(row.phase().name())) {
            return;
        }
        store.audited().audit().append(tx, SeatEvents.settlementMoved(ACTOR, seat.id(), row.moved(from)));
    }

    private static Alert unreadable(Seat seat, String why) {
        return Alert.critical(
                SettlementJudge.UNREADABLE,
                Alert.seat(seat.id()),
                "What the vault of seat " + seat.id() + " says cannot be used: " + why + ".",
                "Compare the vault on every label of SEAT_MANAGER_EL_RPC_URLS; nothing is settled until they agree.");
    }
}
