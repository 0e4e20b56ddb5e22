package bulwark.seats.watch;

import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.beacon.BeaconNode;
import bulwark.seats.beacon.BeaconNode.Genesis;
import bulwark.seats.beacon.BeaconNode.Spec;
import bulwark.seats.chain.LabelQuestions;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatEvents;
import bulwark.seats.seat.SeatStateMachine;
import bulwark.seats.seat.SeatStateMachine.TransitionRefused;
import bulwark.seats.seat.SeatTable;
import bulwark.seats.store.SeatStore;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Takes what labels of the consensus layer show of validators into the store. Used by one thread at a time. */
final class ConsensusWatcher {
    static final String LABEL_DOWN = "CL_LABEL_DOWN";
    static final String NOT_FOLLOWING = "CL_LABEL_NOT_FOLLOWING";
    static final String TOO_FEW_LABELS = "CL_TOO_FEW_LABELS";
    static final String OTHER_NETWORK = "CL_LABEL_OF_OTHER_NETWORK";

    private static final String ACTOR = "watcher:cl";
    private static final List<String> WATCHED = List.of(
            SeatStateMachine.DEPOSITED,
            SeatStateMachine.SEEN_BY_CL,
            SeatStateMachine.ACTIVE,
            SeatStateMachine.EXCEPTION);
    private static final List<String> CODES = Stream.concat(
                    Stream.of(LABEL_DOWN, NOT_FOLLOWING, TOO_FEW_LABELS, OTHER_NETWORK), ValidatorJudge.CODES.stream())
            .toList();

    private final SeatStore store;
    private final List<BeaconNode> nodes;
    private final String forkVersion;
    private final SeatStateMachine states;
    private final Clock clock;
    /** By label: asked once, as they never change. */
    private final Map<String, Network> networks = new ConcurrentHashMap<>();

    private record Network(Genesis genesis, Spec spec) {}

    /** What one label showed, or why it does not count. */
    private record Shown(Optional<LabelView> view, Optional<Alert> alert) {
        static Shown not(Alert alert) {
            return new Shown(Optional.empty(), Optional.of(alert));
        }
    }

    /** What of the store a look needs. */
    private record Rows(List<Seat> seats, Map<Long, ValidatorRow> validators, Map<String, Instant> deposits) {}

    /** @param forkVersion of the network's genesis, 0x and 8 digits: labels of another network do not count */
    ConsensusWatcher(SeatStore store, List<BeaconNode> nodes, String forkVersion, Clock clock) {
        this.store = store;
        this.nodes = List.copyOf(nodes);
        this.forkVersion = forkVersion;
        this.states = new SeatStateMachine(store.audited().audit(), clock);
        this.clock = clock;
    }

    void pass() {
        Rows rows = rows();
        List<String> pubkeys = rows.seats().stream().map(Seat::pubkey).toList();
        List<Alert> alerts = new ArrayList<>();
        List<LabelView> views = new ArrayList<>();
        for (Shown each : LabelQuestions.ask(nodes, node -> view(node, pubkeys))) {
            each.view().ifPresent(views::add);
            each.alert().ifPresent(alerts::add);
        }
        Instant now = clock.instant();
        if (views.size() < Preflight.MIN_LABELS) {
            alerts.add(Alert.critical(
                    TOO_FEW_LABELS,
                    "watcher:cl",
                    "Fewer than " + Preflight.MIN_LABELS + " consensus clients follow the chain and answer.",
                    "No seat becomes ACTIVE until two labels of SEAT_MANAGER_CL_API_URLS do."));
        }
        if (views.isEmpty()) {
            store.<Boolean>write(tx -> {
                AlertTable.replace(
                        tx,
                        List.of(LABEL_DOWN, NOT_FOLLOWING, TOO_FEW_LABELS, OTHER_NETWORK),
                        alerts,
                        Timestamps.zulu(now));
                return true;
            });
            return;
        }
        ValidatorJudge judge = new ValidatorJudge(views, views.getFirst().spec(), now);
        Map<Seat, ValidatorFinding> findings = new HashMap<>();
        for (Seat seat : rows.seats()) {
            ValidatorFinding finding = judge.judge(
                    seat,
                    rows.validators().getOrDefault(seat.id(), ValidatorRow.UNKNOWN),
                    Optional.ofNullable(rows.deposits().get(seat.pubkey())));
            alerts.addAll(finding.alerts());
            if (finding.move() != null || finding.observed() != null) {
                findings.put(seat, finding);
            }
        }
        long epoch = views.stream().mapToLong(LabelView::epoch).max().orElse(0);
        boolean whole = views.size() >= Preflight.MIN_LABELS;
        store.<Boolean>write(tx -> {
            AlertTable.replace(tx, CODES, alerts, Timestamps.zulu(now));
            for (Map.Entry<Seat, ValidatorFinding> each : findings.entrySet()) {
                apply(tx, each.getKey(), each.getValue());
            }
            if (whole) {
                Heartbeat.write(
                        tx,
                        Heartbeat.CONSENSUS,
                        new Heartbeat(now, epoch, rows.seats().size()));
            }
            return true;
        });
    }

    private Rows rows() {
        return store.read(tx -> {
            Map<String, Instant> deposits = new HashMap<>();
            for (ObservedDeposit deposit : ObservedDeposit.ofWaitingSeats(tx)) {
                deposits.merge(deposit.pubkey(), deposit.seenAt(), (a, b) -> a.isAfter(b) ? a : b);
            }
            return new Rows(SeatTable.inStates(tx, WATCHED), ValidatorRow.all(tx), deposits);
        });
    }

    private Shown view(BeaconNode node, List<String> pubkeys) {
        try {
            if (!node.syncing().counts()) {
                return Shown.not(Alert.warning(
                        NOT_FOLLOWING,
                        node.label(),
                        "The consensus client " + node.label()
                                + " is syncing, optimistic or without its execution client: it does not count.",
                        "Wait, or look at that client."));
            }
            Network network = networks.get(node.label());
            if (network == null) {
                network = new Network(node.genesis(), node.spec());
                if (!network.genesis().forkVersion().equals(forkVersion)) {
                    return Shown.not(Alert.critical(
                            OTHER_NETWORK,
                            node.label(),
                            "The consensus client " + node.label() + " is of the network with genesis fork version "
                                    + network.genesis().forkVersion() + ", and not of " + forkVersion + ".",
                            "Take it out of SEAT_MANAGER_CL_API_URLS."));
                }
                networks.put(node.label(), network);
            }
            return new Shown(
                    Optional.of(LabelView.read(node, network.genesis().time(), network.spec(), pubkeys)),
                    Optional.empty());
        } catch (RpcFailed failed) {
            return Shown.not(Alert.warning(
                    LABEL_DOWN,
                    node.label(),
                    "The consensus client " + node.label() + " gave no answer that can be used (" + failed.kind() + ", "
                            + failed.method() + ").",
                    "Look at that client; no seat becomes ACTIVE while fewer than " + Preflight.MIN_LABELS
                            + " answer."));
        }
    }

    /** What one seat cannot do is an alert, and holds up no other. */
    private void apply(WriteTx tx, Seat seat, ValidatorFinding finding) throws SQLException {
        ValidatorFinding.Move move = finding.move();
        if (finding.observed() != null) {
            // An exit that was asked for meanwhile stays.
            ValidatorRow fresh = ValidatorRow.of(tx, seat.id()).orElse(ValidatorRow.UNKNOWN);
            ValidatorRow seen = finding.observed();
            new ValidatorRow(seen.index(), seen.status(), seen.observedEpoch(), fresh.exitTx(), fresh.exitRequestedAt())
                    .write(tx, seat.id());
        }
        if (move == null || !SeatStateMachine.allows(seat.status(), move.to())) {
            return;
        }
        try {
            states.move(
                    tx,
                    seat.id(),
                    seat.status(),
                    move.to(),
                    move.evidence(),
                    SeatEvents.moved(ACTOR, seat.id(), seat.status(), move.to(), move.evidence()),
                    ACTOR);
        } catch (TransitionRefused meanwhileElsewhere) {
            // The next look sees the seat as it is by then.
        }
    }
}
