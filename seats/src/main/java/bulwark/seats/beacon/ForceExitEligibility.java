package bulwark.seats.beacon;

import bulwark.seats.beacon.BeaconNode.Spec;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the consensus layer would carry out a full exit that a vault asks for (EIP-7002). It drops every other request without a word, although the
 * transaction succeeds. A request that it took shows as the exit of the validator in the state behind its block, and credentials 0x01 know no partial withdrawals that
 * could stand in its way. Stateless.
 */
final class ForceExitEligibility {
    private ForceExitEligibility() {}

    /**
     * @param epoch of the state that showed the validator
     * @param spec of the node, which states the committee period
     * @param vaultAddress 0x and 40 digits in lower case, the source of the request
     * @return why it would be dropped, each a sentence; empty when it would be carried out
     */
    static List<String> problems(BeaconValidatorView validator, long epoch, Spec spec, String vaultAddress) {
        List<String> problems = new ArrayList<>();
        String expected = "0x01" + "0".repeat(22) + vaultAddress.substring(2);
        if (!validator.withdrawalCredentials().equals(expected)) {
            problems.add("the validator's withdrawal credentials are " + validator.withdrawalCredentials()
                    + " and not those of the vault, " + expected);
        }
        if (validator.activationEpoch() == BeaconValidatorView.FAR_FUTURE || validator.activationEpoch() > epoch) {
            problems.add("the validator is not active yet");
        } else if (epoch < validator.activationEpoch() + spec.committeePeriod()) {
            problems.add("the validator is active since epoch " + validator.activationEpoch()
                    + ", and an exit counts from epoch " + (validator.activationEpoch() + spec.committeePeriod())
                    + ": it is epoch " + epoch);
        }
        if (validator.exitEpoch() != BeaconValidatorView.FAR_FUTURE
                || validator.status().isExiting()) {
            problems.add("the validator exits already");
        }
        return problems;
    }
}
