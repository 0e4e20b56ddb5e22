package bulwark.seats.send;

import bulwark.seats.approval.Approval;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.signer.SigningRequest;
import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of ours from the moment its nonce is taken. Immutable.
 *
 * @param attempt of the nonce, from 0
 * @param root digest of the plan that took the nonce first
 * @param raw signed bytes: 0x and digits; null until they are known, the same ever after
 * @param hash of those bytes
 * @param evidence hash of its bundle
 */
record TransactionIntent(
        String id,
        String operationId,
        Plan plan,
        List<Approval> approvals,
        long nonce,
        long attempt,
        PlanDigest root,
        Fees fees,
        @Nullable String raw,
        @Nullable String hash,
        IntentStatus status,
        @Nullable String evidence,
        @Nullable Block block,
        String actor,
        String requestId) {
    TransactionIntent {
        approvals = List.copyOf(approvals);
    }

    /** What it may cost: units of gas, and wei for each. */
    record Fees(long gasLimit, BigInteger maxFee, BigInteger maxPriorityFee) {}

    /** Where it was mined. */
    record Block(long number, String hash, boolean succeeded) {}

    /** An account of one chain: the owner of a line of nonces. */
    record Account(long chainId, EvmAddress address) {
        static Account of(Plan plan) {
            return new Account(plan.network().chainId(), plan.treasury());
        }
    }

    Account account() {
        return Account.of(plan);
    }

    /** The same at each call, so that the signer gives out the same bytes. */
    SigningRequest request() {
        return new SigningRequest(plan, approvals, nonce, fees.gasLimit(), fees.maxFee(), fees.maxPriorityFee());
    }

    String requireRaw() {
        return java.util.Objects.requireNonNull(raw, "bytes of " + id);
    }

    String requireHash() {
        return java.util.Objects.requireNonNull(hash, "hash of " + id);
    }
}
