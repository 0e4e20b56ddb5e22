package bulwark.seats.watch;

import bulwark.seats.beacon.BeaconNode;
import bulwark.seats.beacon.BeaconNode.Header;
import bulwark.seats.beacon.BeaconNode.Spec;
import bulwark.seats.beacon.BeaconNode.StateId;
import bulwark.seats.beacon.BeaconValidatorView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one label of the consensus layer shows of our keys in its newest final state. Immutable.
 *
 * @param finalizedEpoch that the label states
 * @param header of the block of that state
 * @param epoch of the state
 * @param time of the state's slot
 * @param pending keys with deposits that wait
 * @param spec figures of the network, as the label states them
 */
record LabelView(
        String label,
        long finalizedEpoch,
        Header header,
        long epoch,
        Instant time,
        Map<String, BeaconValidatorView> validators,
        Set<String> pending,
        Spec spec) {
    /**
     * Asks the label: four questions, and one more for each thousand keys.
     *
     * @param genesis time of slot 0
     * @throws bulwark.seats.chain.RpcFailed when an answer cannot be used
     */
    static LabelView read(BeaconNode node, Instant genesis, Spec spec, List<String> pubkeys) {
        Header header = node.header(StateId.FINALIZED);
        StateId state = StateId.slot(header.slot());
        Set<String> ours = Set.copyOf(pubkeys);
        return new LabelView(
                node.label(),
                node.finalized(StateId.HEAD).epoch(),
                header,
                header.slot() / spec.slotsPerEpoch(),
                genesis.plusSeconds(Math.multiplyExact(header.slot(), spec.secondsPerSlot())),
                node.validators(state, pubkeys),
                node.pendingDeposits(state).stream()
                        .map(BeaconNode.PendingDeposit::pubkey)
                        .filter(ours::contains)
                        .collect(Collectors.toSet()),
                spec);
    }

    /** What is kept with a transition that rests on this label. */
    Map<String, String> evidence(BeaconValidatorView validator, Instant now) {
        return Map.of(
                "cl_label", label,
                "cl_validator_index", Long.toString(validator.index()),
                "pubkey", validator.pubkey(),
                "cl_state_id", Long.toString(header.slot()),
                "cl_finalized_epoch", Long.toString(finalizedEpoch),
                "cl_observed_slot", Long.toString(header.slot()),
                "cl_header_root", header.root(),
                "cl_observed_at_ms", Long.toString(now.toEpochMilli()));
    }
}
