package bulwark.seats.signer;

import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.PlanKind;
import java.math.BigInteger;
import java.util.Set;

/**
 * One rule of a policy: what it is about, whether that may be signed, and under which conditions. Immutable.
 *
 * @param name unique in its policy; deposits are counted by it
 * @param allow false refuses what it is about
 * @param kinds of actions; never empty
 * @param vaults that an action may be about; empty for every one, unless {@code depositedVaults}
 * @param depositedVaults whether it may also be about a vault that this signer signed a deposit for
 * @param beneficiaries of vaults; empty for every one
 * @param maxValueWei of what the rule is about: a plan above it goes on to the next rule
 * @param maxFeePerGasWei ceiling, whatever the plan says
 * @param maxGas ceiling of gas
 * @param approvals distinct persons beside the proposer
 * @param perHour transactions under this rule in any hour; 0 for no bound
 * @param perDay transactions under this rule in any 24 hours; 0 for no bound
 * @param fromHour hour of the day in UTC from which it signs: 0 to 23
 * @param toHour hour before which it signs: 1 to 24, greater than {@code fromHour}
 */
record SigningRule(
        String name,
        boolean allow,
        Set<PlanKind> kinds,
        Set<EvmAddress> vaults,
        boolean depositedVaults,
        Set<EvmAddress> beneficiaries,
        BigInteger maxValueWei,
        BigInteger maxFeePerGasWei,
        long maxGas,
        int approvals,
        int perHour,
        int perDay,
        int fromHour,
        int toHour) {
    SigningRule {
        kinds = Set.copyOf(kinds);
        vaults = Set.copyOf(vaults);
        beneficiaries = Set.copyOf(beneficiaries);
    }

    /** Whether it signs without a person. */
    boolean isOfWatcher() {
        return allow && approvals == 0;
    }
}
