package bulwark.seats.watch;

import bulwark.seats.chain.DepositEvent;
import bulwark.seats.chain.EventLog;
import bulwark.seats.contract.AbiValues;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.HexText;
import java.math.BigInteger;
import java.util.Optional;

/** An event of the deposit gate that says something of a seat. Immutable. */
sealed interface GateEvent {
    /** 0x and 96 digits in lower case. */
    String pubkey();

    EventLog log();

    /** An intent was put on the list. @param intent its hash */
    record Allowed(String pubkey, String intent, BigInteger epoch, EventLog log) implements GateEvent {}

    /** An intent was taken off the list and not used. */
    record Removed(String pubkey, String intent, BigInteger epoch, EventLog log) implements GateEvent {}

    /** Coins came with credentials. */
    record Deposited(DepositEvent event) implements GateEvent {
        @Override
        public String pubkey() {
            return HexText.of(event.deposit().pubkey());
        }

        @Override
        public EventLog log() {
            return event.log();
        }
    }

    /** Empty for what says nothing of a seat. @throws AbiRefused when an event is not in the form of its kind */
    static Optional<GateEvent> of(EventLog log) {
        String topic = log.topics().isEmpty() ? "" : log.topics().getFirst();
        if (topic.equals(DepositGateAbi.DEPOSIT_TOPIC)) {
            return Optional.of(new Deposited(DepositEvent.of(log)));
        }
        boolean allowed = topic.equals(DepositGateAbi.INTENT_ALLOWED_TOPIC);
        if ((!allowed && !topic.equals(DepositGateAbi.INTENT_REMOVED_TOPIC))
                || log.topics().size() < 2) {
            return Optional.empty();
        }
        AbiValues values = DepositGateAbi.intentEvent(log.data());
        String pubkey = HexText.of(values.bytes(1));
        String intent = log.topics().get(1);
        return Optional.of(
                allowed
                        ? new Allowed(pubkey, intent, values.number(0), log)
                        : new Removed(pubkey, intent, values.number(0), log));
    }
}
