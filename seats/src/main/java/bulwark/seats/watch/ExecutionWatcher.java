package bulwark.seats.watch;

import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.Timestamps;
import bulwark.seats.chain.EventLog;
import bulwark.seats.contract.AbiRefused;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.IntentHash;
import bulwark.seats.contract.WithdrawalVaultAbi;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatEvents;
import bulwark.seats.seat.SeatStateMachine;
import bulwark.seats.seat.SeatStateMachine.TransitionRefused;
import bulwark.seats.seat.SeatTable;
import bulwark.seats.store.SeatStore;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Takes what happened on the execution layer into the store: the cursor moves in the same transaction as what it caused, so that a kill at any
 * moment repeats a pass and never leaves one out. Used by one thread at a time.
 */
final class ExecutionWatcher {
    private static final String ACTOR = "watcher:el";
    private static final int REQUEST_KEY = 20;
    private static final int KEY_BYTES = 48;
    private static final int WITHDRAWAL_BYTES = 76;
    private static final int CONSOLIDATION_BYTES = 116;

    private final SeatStore store;
    private final ExecutionScan scan;
    private final EvmAddress depositor;
    private final SeatStateMachine states;
    private final Clock clock;

    /** @param depositor whom intents must be for: the router */
    ExecutionWatcher(SeatStore store, ExecutionScan scan, EvmAddress depositor, Clock clock) {
        this.store = store;
        this.scan = scan;
        this.depositor = depositor;
        this.states = new SeatStateMachine(store.audited().audit(), clock);
        this.clock = clock;
    }

    /** What a look begins with. */
    private record Known(List<ScannedBlock> blocks, List<EvmAddress> vaults) {
        /** Outside of the transaction. */
        ExecutionScan.Look ask(ExecutionScan scan) {
            return scan.run(blocks, vaults);
        }
    }

    /** One look. @return whether there may be more to read at once */
    boolean pass() {
        ExecutionScan.Look look = store.read(tx -> new Known(ScannedBlock.newest(tx), SeatTable.vaults(tx)))
                .ask(scan);
        Instant now = clock.instant();
        store.<Boolean>write(tx -> {
            AlertTable.replace(tx, ExecutionScan.CODES, look.alerts(), Timestamps.zulu(now));
            if (look.agreed().isPresent()) {
                apply(tx, look.agreed().get(), now);
            }
            return true;
        });
        return look.agreed()
                .filter(agreed -> agreed.last().number() - agreed.from() > ExecutionScan.MAX_BLOCKS)
                .isPresent();
    }

    void apply(WriteTx tx, ExecutionScan.Agreed agreed, Instant now) throws SQLException {
        if (agreed.reorganised()) {
            ScannedBlock.rewind(tx, agreed.fresh() - 1);
            open(
                    tx,
                    Alert.critical(
                            "CHAIN_REORGANISED",
                            "watcher:el",
                            "Blocks from " + agreed.fresh()
                                    + " on, which two labels had called safe, have been replaced.",
                            "Compare the seats that moved since with the chain, above all those that are ALLOWLISTED."),
                    now);
        }
        Set<Object> before = takeAwayVanished(tx, agreed, now);
        for (EventLog log : agreed.logs()) {
            try {
                event(tx, log, log.blockNumber() >= agreed.fresh(), before, now);
            } catch (AbiRefused odd) {
                open(tx, unreadable(log), now);
            }
        }
        agreed.last().write(tx);
        long seats = SeatTable.countsByStatus(tx).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        Heartbeat.write(
                tx, Heartbeat.EXECUTION, new Heartbeat(now, agreed.last().number(), seats));
    }

    /** @return the keys of the deposits that were there before and still are */
    private Set<Object> takeAwayVanished(WriteTx tx, ExecutionScan.Agreed agreed, Instant now) throws SQLException {
        Set<Object> there = new HashSet<>();
        for (EventLog log : agreed.logs()) {
            there.add(List.of(log.transactionHash(), log.index(), log.blockHash()));
        }
        Set<Object> stay = new HashSet<>();
        for (ObservedDeposit known :
                ObservedDeposit.between(tx, agreed.from(), agreed.last().number())) {
            if (there.contains(known.key())) {
                stay.add(known.key());
            } else {
                known.delete(tx);
                vanished(tx, known, now);
            }
        }
        return stay;
    }

    private static Alert unreadable(EventLog log) {
        return Alert.critical(
                "GATE_EVENT_UNREADABLE",
                log.transactionHash(),
                "An event of the deposit gate in transaction " + log.transactionHash()
                        + " is not in the form of its kind.",
                "Compare the code at the gate's address with what is pinned: seat-manager status.");
    }

    private void vanished(WriteTx tx, ObservedDeposit gone, Instant now) throws SQLException {
        Optional<Seat> seat = SeatTable.byPubkey(tx, gone.pubkey());
        if (seat.isEmpty()
                || !Set.of(SeatStateMachine.DEPOSITED, SeatStateMachine.SEEN_BY_CL, SeatStateMachine.ACTIVE)
                        .contains(seat.get().status())) {
            return;
        }
        Map<String, String> evidence = new LinkedHashMap<>(gone.evidence());
        evidence.put("reason", "DEPOSIT_REORGED");
        open(
                tx,
                Alert.critical(
                        "DEPOSIT_REORGED",
                        Alert.seat(seat.get().id()),
                        "The deposit of seat " + seat.get().id() + " in transaction " + gone.txHash()
                                + " is no longer in block " + gone.blockHash() + ".",
                        "Look for the transaction on every label before anything is done for this seat: it may come back."),
                now);
        move(tx, seat.get(), SeatStateMachine.EXCEPTION, evidence, now);
    }

    private void judge(WriteTx tx, ObservedDeposit deposit, Instant now) throws SQLException {
        switch (DepositVerdict.of(deposit, SeatTable.byPubkey(tx, deposit.pubkey()))) {
            case DepositVerdict.Expected expected ->
                move(tx, expected.seat(), SeatStateMachine.DEPOSITED, deposit.evidence(), now);
            case DepositVerdict.Exceptional exceptional -> {
                Map<String, String> evidence = new LinkedHashMap<>(deposit.evidence());
                evidence.put("reason", exceptional.reason());
                open(tx, exceptional.alert(), now);
                move(tx, exceptional.seat(), SeatStateMachine.EXCEPTION, evidence, now);
            }
            case DepositVerdict.Noteworthy noteworthy -> open(tx, noteworthy.alert(), now);
        }
    }

    /** In the order of the chain: an approval comes before the deposit that it lets through. @param fresh whether no pass before has read its block */
    private void event(WriteTx tx, EventLog log, boolean fresh, Set<Object> before, Instant now) throws SQLException {
        if (log.address().equals(ExecutionScan.WITHDRAWALS)) {
            if (fresh) {
                withdrawal(tx, log, now);
            }
        } else if (log.address().equals(ExecutionScan.CONSOLIDATIONS)) {
            if (fresh) {
                consolidation(tx, log, now);
            }
        } else if (WithdrawalVaultAbi.isSettlementProposed(log.topics())) {
            if (fresh) {
                SettlementRow.proposed(tx, store.audited().audit(), ACTOR, log, now);
            }
        } else if (GateEvent.of(log).orElse(null) instanceof GateEvent.Deposited deposited) {
            ObservedDeposit deposit = ObservedDeposit.of(deposited.event(), now);
            if (!before.contains(deposit.key())) {
                deposit.insert(tx);
                judge(tx, deposit, now);
            }
        } else if (fresh) {
            Optional<GateEvent> event = GateEvent.of(log);
            if (event.isPresent()) {
                intent(tx, event.get(), now);
            }
        }
    }

    private void intent(WriteTx tx, GateEvent event, Instant now) throws SQLException {
        Optional<Seat> found = SeatTable.byPubkey(tx, event.pubkey());
        if (found.isEmpty()) {
            return;
        }
        Seat seat = found.get();
        if (event instanceof GateEvent.Allowed allowed
                && seat.status().equals(SeatStateMachine.CREATED)
                && allowed.intent().equals(hash(seat, allowed))) {
            Map<String, String> evidence = new LinkedHashMap<>();
            evidence.put("approve_tx_hash", allowed.log().transactionHash());
            evidence.put("approve_block_number", Long.toString(allowed.log().blockNumber()));
            evidence.put("approve_block_hash", allowed.log().blockHash());
            evidence.put("intent_hash", allowed.intent());
            evidence.put("epoch", allowed.epoch().toString());
            move(tx, seat, SeatStateMachine.ALLOWLISTED, evidence, now);
        } else if (event instanceof GateEvent.Removed removed && seat.status().equals(SeatStateMachine.ALLOWLISTED)) {
            move(
                    tx,
                    seat,
                    SeatStateMachine.CREATED,
                    Map.of("removal_tx_hash", removed.log().transactionHash()),
                    now);
        }
    }

    private String hash(Seat seat, GateEvent.Allowed allowed) {
        return HexText.of(IntentHash.v2(
                HexText.bytes(seat.pubkey()),
                HexText.bytes(seat.withdrawalCredentials()),
                Long.parseLong(seat.amountGwei()),
                depositor,
                allowed.epoch()));
    }

    /** Source, key and amount; an amount of 0 means a full exit. */
    private static void withdrawal(WriteTx tx, EventLog log, Instant now) throws SQLException {
        byte[] data = log.data();
        Optional<Seat> seat = data.length == WITHDRAWAL_BYTES ? seatAt(tx, data, REQUEST_KEY) : Optional.empty();
        if (seat.isEmpty() || !isVault(seat.get(), data)) {
            return;
        }
        boolean full = true;
        for (int i = REQUEST_KEY + KEY_BYTES; i < WITHDRAWAL_BYTES; i++) {
            full &= data[i] == 0;
        }
        if (full) {
            ValidatorRow known = ValidatorRow.of(tx, seat.get().id()).orElse(ValidatorRow.UNKNOWN);
            known.exitAsked(log.transactionHash(), now.getEpochSecond())
                    .write(tx, seat.get().id());
        } else {
            open(
                    tx,
                    Alert.critical(
                            "PARTIAL_WITHDRAWAL_REQUESTED",
                            Alert.seat(seat.get().id()),
                            "Transaction " + log.transactionHash() + " asks for a part of the balance of seat "
                                    + seat.get().id() + "'s validator, which nobody here plans.",
                            "Find out who sent it: the vault of the seat did."),
                    now);
        }
    }

    /** Source, key that is taken and key that it is added to. */
    private static void consolidation(WriteTx tx, EventLog log, Instant now) throws SQLException {
        byte[] data = log.data();
        if (data.length != CONSOLIDATION_BYTES) {
            return;
        }
        for (int at : new int[] {REQUEST_KEY, REQUEST_KEY + KEY_BYTES}) {
            Optional<Seat> seat = seatAt(tx, data, at);
            if (seat.isPresent()) {
                open(
                        tx,
                        Alert.critical(
                                "CONSOLIDATION_REQUESTED",
                                Alert.seat(seat.get().id()),
                                "Transaction " + log.transactionHash() + " asks to consolidate the validator of seat "
                                        + seat.get().id() + ", which nobody here plans.",
                                "Find out who sent it; a seat keeps 0x01 credentials and one validator."),
                        now);
            }
        }
    }

    private static Optional<Seat> seatAt(WriteTx tx, byte[] data, int at) throws SQLException {
        return SeatTable.byPubkey(tx, HexText.of(Arrays.copyOfRange(data, at, at + KEY_BYTES)));
    }

    private static boolean isVault(Seat seat, byte[] data) {
        String source = HexText.of(Arrays.copyOf(data, REQUEST_KEY)).substring(2);
        return seat.withdrawalCredentials().endsWith(source);
    }

    /** What one seat cannot do is an alert, and holds up no other. */
    private void move(WriteTx tx, Seat seat, String to, Map<String, String> evidence, Instant now) throws SQLException {
        try {
            states.move(
                    tx,
                    seat.id(),
                    seat.status(),
                    to,
                    evidence,
                    SeatEvents.moved(ACTOR, seat.id(), seat.status(), to, evidence),
                    ACTOR);
        } catch (TransitionRefused refused) {
            open(
                    tx,
                    Alert.critical(
                            "SEAT_CANNOT_MOVE",
                            Alert.seat(seat.id()),
                            "Seat " + seat.id() + " should become " + to + ": " + refused.getMessage() + ".",
                            "Look at the history of the seat and at the chain."),
                    now);
        }
    }

    private static void open(WriteTx tx, Alert alert, Instant now) throws SQLException {
        AlertTable.open(tx, alert, Timestamps.zulu(now));
    }
}
