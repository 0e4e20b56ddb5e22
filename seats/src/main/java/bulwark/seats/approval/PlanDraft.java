package bulwark.seats.approval;

import bulwark.seats.plan.CallEncoder;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.precondition.PlanSimulation;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;

/**
 * An action whose call every label tried, before it has a proposer and a time. Immutable.
 *
 * @param look that the preconditions are of
 */
public record PlanDraft(
        PlanSettings settings,
        PlanSettings.Chain chain,
        ChainSnapshot look,
        PlannedAction action,
        PlanSimulation simulation) {
    static final Duration VALIDITY = Duration.ofHours(24);
    static final BigInteger MAX_TIP = new BigInteger("3000000000");
    /** Head-room over what a label estimates, in fifths. */
    private static final long HEAD_ROOM = 6;

    private static final long GAS_STEP = 50_000;
    static final long TRANSFER_GAS = 21_000;

    /** @throws ApiRefusal when the treasury cannot pay, the call would revert, or a label does not answer */
    public static PlanDraft of(PlanKeeper plans, ChainSnapshot look, PlannedAction action) {
        PlanSettings.Chain chain = plans.chain();
        BigInteger value = CallEncoder.value(action);
        if (look.treasuryBalance().compareTo(value) < 0) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "treasury_too_low",
                    "The treasury holds " + look.treasuryBalance() + " wei, and the call takes " + value
                            + " wei beside its gas.");
        }
        PlanSimulation simulation = PlanSimulation.run(
                look,
                action,
                chain.treasury(),
                CallEncoder.target(action, chain.network(), chain.treasury()),
                value,
                CallEncoder.calldata(action));
        return new PlanDraft(plans.settings(), chain, look, action, simulation);
    }

    /** @param proposer who cannot approve it @param now to the second */
    public Plan plan(long seat, String proposer, Instant now) {
        long gas = Math.ceilDiv(simulation.gas() * HEAD_ROOM, (HEAD_ROOM - 1) * GAS_STEP) * GAS_STEP;
        return new Plan(
                chain.network(),
                seat,
                chain.treasury(),
                CallEncoder.target(action, chain.network(), chain.treasury()),
                CallEncoder.value(action),
                CallEncoder.calldata(action),
                action,
                look.preconditions(action),
                new GasCeiling(
                        Math.min(gas, GasCeiling.MAX_LIMIT),
                        settings.maxFeePerGas(),
                        MAX_TIP.min(settings.maxFeePerGas())),
                proposer,
                now,
                now.plus(VALIDITY));
    }

    /** Of an empty transaction in the place of one that waits: it takes the nonce, and nothing else. @param root plan that took the nonce first */
    public static Plan cancel(
            PlanKeeper plans,
            ChainSnapshot look,
            long seat,
            PlanDigest root,
            long nonce,
            String proposer,
            Instant now) {
        PlanSettings.Chain chain = plans.chain();
        BigInteger maxFee = plans.settings().maxFeePerGas();
        PlannedAction action = new PlannedAction.CancelTransaction(root, nonce);
        return new Plan(
                chain.network(),
                seat,
                chain.treasury(),
                CallEncoder.target(action, chain.network(), chain.treasury()),
                CallEncoder.value(action),
                CallEncoder.calldata(action),
                action,
                look.preconditions(action),
                new GasCeiling(TRANSFER_GAS, maxFee, MAX_TIP.min(maxFee)),
                proposer,
                now,
                now.plus(VALIDITY));
    }
}
