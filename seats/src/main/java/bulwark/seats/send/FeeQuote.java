package bulwark.seats.send;

import bulwark.seats.chain.BlockHead;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.chain.TransactionEndpoint;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.send.TransactionIntent.Fees;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction is offered for (EIP-1559): twice the base fee and the tip, and a fifth more gas than the dearest estimate, under the ceilings of the plan. Labels that differ twofold are not believed.
 *
 * @param maxFee ceiling of this service, wei for each unit of gas
 * @param tip wei for each unit of gas
 */
record FeeQuote(List<TransactionEndpoint> labels, BigInteger maxFee, BigInteger tip) {
    private static final BigInteger TWO = BigInteger.TWO;

    /** @throws SendRefused when no label answers, when they disagree, when the call reverts, and when a ceiling is too low */
    Fees of(Plan plan) {
        GasCeiling ceiling = plan.gas();
        BigInteger base = baseFee();
        BigInteger most = maxFee.min(ceiling.maxFeePerGas());
        BigInteger priority = tip.min(ceiling.maxPriorityFeePerGas()).min(most);
        BigInteger needed = base.add(base.shiftRight(3)).add(priority);
        if (needed.compareTo(most) > 0) {
            throw new SendRefused(
                    "FEE_ABOVE_CEILING",
                    "The chain asks for " + needed + " wei a unit of gas, and the ceiling is " + most
                            + ": wait, or plan it again with a higher one.");
        }
        return new Fees(gas(plan), base.multiply(TWO).add(priority).min(most), priority);
    }

    /** As {@link #of}, and at least an eighth above what it replaces, which nodes ask for. */
    Fees replacing(Plan plan, @Nullable Fees before) {
        Fees fresh = of(plan);
        if (before == null) {
            return fresh;
        }
        BigInteger fee = fresh.maxFee().max(raised(before.maxFee()));
        BigInteger priority = fresh.maxPriorityFee().max(raised(before.maxPriorityFee()));
        if (fee.compareTo(maxFee.min(plan.gas().maxFeePerGas())) > 0
                || priority.compareTo(plan.gas().maxPriorityFeePerGas()) > 0) {
            throw new SendRefused(
                    "FEE_ABOVE_CEILING",
                    "A replacement costs at least an eighth more, " + fee + " wei a unit of gas with a tip of "
                            + priority + ", and the plan's ceiling is lower: plan it again with a higher one.");
        }
        return new Fees(fresh.gasLimit(), fee, priority);
    }

    private static BigInteger raised(BigInteger fee) {
        return fee.multiply(BigInteger.valueOf(9)).add(BigInteger.valueOf(7)).shiftRight(3);
    }

    private BigInteger baseFee() {
        BigInteger least = null;
        BigInteger most = BigInteger.ZERO;
        for (TransactionEndpoint label : labels) {
            BigInteger fee = ask(() -> label.node()
                    .block(BlockId.LATEST)
                    .map(BlockHead::baseFee)
                    .orElseThrow(() -> new SendRefused("CHAIN_UNKNOWN", label.label() + " has no newest block.")));
            least = least == null ? fee : least.min(fee);
            most = most.max(fee);
        }
        if (least == null || most.compareTo(least.max(BigInteger.ONE).multiply(TWO)) > 0) {
            throw new SendRefused(
                    "FEES_DISAGREE",
                    "The labels tell base fees from " + least + " to " + most
                            + " wei, and are not believed: mend the one" + " that lies.");
        }
        return most;
    }

    private long gas(Plan plan) {
        if (plan.kind() == PlanKind.CANCEL) {
            return GasCeiling.MIN_LIMIT;
        }
        long most = 0;
        for (TransactionEndpoint label : labels) {
            most = Math.max(
                    most, ask(() -> label.estimateGas(plan.treasury(), plan.target(), plan.value(), plan.calldata())));
        }
        long limit = most > GasCeiling.MAX_LIMIT ? Long.MAX_VALUE : most + most / 5;
        if (limit > plan.gas().limit()) {
            throw new SendRefused(
                    "GAS_ABOVE_CEILING",
                    "The call is estimated at " + most + " units of gas, which with a fifth more is above the plan's "
                            + plan.gas().limit() + ".");
        }
        return Math.max(limit, GasCeiling.MIN_LIMIT);
    }

    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (RpcFailed failed) {
            boolean reverts = failed.kind() == RpcFailed.Kind.REVERTED;
            throw new SendRefused(
                    reverts ? "SIMULATION_REVERTED" : "CHAIN_UNKNOWN",
                    (reverts ? "The call would fail on " : "Nothing is sent while a label does not answer: ")
                            + failed.getMessage() + ".");
        }
    }
}
