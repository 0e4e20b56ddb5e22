package bulwark.seats.beacon;

import bulwark.seats.beacon.BeaconNode.PendingDeposit;
import bulwark.seats.beacon.BeaconNode.StateId;
import bulwark.seats.chain.Preflight;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.contract.HexText;
import bulwark.seats.precondition.ValidatorLookup;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks every label for validator and pending deposits of a key at its head. What one label cannot say, and what two say otherwise, is a failure: before principal
 * follows a key, nothing that is not known is taken for absent. Thread-safe.
 */
public final class BeaconLookup implements ValidatorLookup {
    private final List<BeaconNode> nodes;
    private final String forkVersion;

    /** @param forkVersion of the genesis of the network, 0x and 8 digits */
    public BeaconLookup(List<BeaconNode> nodes, String forkVersion) {
        this.nodes = List.copyOf(nodes);
        this.forkVersion = forkVersion;
    }

    @Override
    public Answer find(byte[] pubkey) {
        if (nodes.size() < Preflight.MIN_LABELS) {
            return new Answer.Failed("all", "fewer than " + Preflight.MIN_LABELS + " consensus clients are configured");
        }
        @Nullable Answer first = null;
        for (BeaconNode node : nodes) {
            Answer answer = ask(node, HexText.of(pubkey));
            if (answer instanceof Answer.Failed) {
                return answer;
            }
            if (first != null && !first.equals(answer)) {
                return new Answer.Failed(
                        node.label(), "it contradicts " + nodes.getFirst().label() + " about this key");
            }
            first = answer;
        }
        return first == null ? new Answer.NotAsked("no consensus client is configured") : first;
    }

    private Answer ask(BeaconNode node, String pubkey) {
        try {
            if (!node.syncing().counts()) {
                return new Answer.Failed(node.label(), "it is syncing, optimistic or without its execution client");
            }
            if (!node.genesis().forkVersion().equals(forkVersion)) {
                return new Answer.Failed(node.label(), "it is of another network");
            }
            Optional<BeaconValidatorView> validator = node.validator(StateId.HEAD, pubkey);
            List<String> pending = node.pendingDeposits(StateId.HEAD).stream()
                    .filter(deposit -> deposit.pubkey().equals(pubkey))
                    .map(PendingDeposit::withdrawalCredentials)
                    .distinct()
                    .toList();
            if (validator.isPresent()) {
                return new Answer.Known(
                        validator.get().withdrawalCredentials(),
                        Optional.of(validator.get().status().word()));
            }
            return switch (pending.size()) {
                case 0 -> new Answer.Unknown();
                case 1 -> new Answer.Known(pending.getFirst(), Optional.empty());
                default ->
                    new Answer.Failed(node.label(), "deposits of this key wait with different withdrawal credentials");
            };
        } catch (RpcFailed failed) {
            return new Answer.Failed(
                    node.label(),
                    "it gave no answer that can be used (" + failed.kind() + ", " + failed.method() + ")");
        }
    }

    @Override
    public List<String> exitProblems(byte[] pubkey, String vault) {
        return nodes.stream()
                .flatMap(node -> exitProblems(node, HexText.of(pubkey), vault).stream()
                        .map(problem -> node.label() + ": " + problem))
                .toList();
    }

    private static List<String> exitProblems(BeaconNode node, String pubkey, String vault) {
        try {
            BeaconNode.Spec spec = node.spec();
            long epoch = node.syncing().headSlot() / spec.slotsPerEpoch();
            return node.validator(StateId.HEAD, pubkey)
                    .map(validator -> ForceExitEligibility.problems(validator, epoch, spec, vault))
                    .orElse(List.of("there is no such validator"));
        } catch (RpcFailed failed) {
            return List.of("it gave no answer that can be used (" + failed.kind() + ", " + failed.method() + ")");
        }
    }
}
