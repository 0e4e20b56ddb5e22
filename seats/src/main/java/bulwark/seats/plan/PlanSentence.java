package bulwark.seats.plan;

import bulwark.seats.contract.EvmAddress;
import java.math.BigDecimal;
import java.math.BigInteger;

/** What a plan does, in one sentence that is the same wherever it is read. Addresses are in the mixed case of EIP-55. */
public final class PlanSentence {
    private static final int COIN_DECIMALS = 18;
    private static final int SHOWN_DIGITS = 4;

    private PlanSentence() {}

    /** For instance: {@code Deposit 32 CTN for validator 95a2…253b into vault 0x412a…AdF9, from treasury 0x7099…79C8, chain 286; cannot be undone}. */
    public static String of(Plan plan) {
        return verb(plan) + ", from treasury " + plan.treasury().brief() + ", chain "
                + plan.network().chainId() + "; " + consequence(plan.kind());
    }

    private static String verb(Plan plan) {
        return switch (plan.action()) {
            case PlannedAction.Approve(String pubkey, String wc, long gwei, EvmAddress depositor) ->
                "Allow " + depositor.brief() + " to deposit " + gwei(gwei) + " for validator " + key(pubkey)
                        + " with credentials of " + vault(wc);
            case PlannedAction.Remove(String pubkey, String wc, long gwei, EvmAddress depositor) ->
                "Forbid " + depositor.brief() + " to deposit " + gwei(gwei) + " for validator " + key(pubkey)
                        + " with credentials of " + vault(wc);
            case PlannedAction.Deposit deposit ->
                "Deposit " + gwei(deposit.amountGwei()) + " for validator " + key(deposit.pubkey()) + " into vault "
                        + deposit.vault().brief();
            case PlannedAction.DeployVault deploy ->
                "Make vault " + deploy.vault().brief() + " for validator " + key(deploy.pubkey()) + " with beneficiary "
                        + deploy.parameters().beneficiary().brief();
            case PlannedAction.ForceExit exit ->
                "Make validator " + key(exit.pubkey()) + " exit into vault "
                        + exit.vault().brief() + ", for a fee of at most " + coins(exit.maxFeeWei());
            case PlannedAction.ProposeSettlement propose ->
                "Propose the settlement of vault " + propose.vault().brief() + ", unless more than "
                        + coins(propose.maxRewardsClaimedWei()) + " of rewards were claimed";
            case PlannedAction.VaultStep step ->
                step(step.kind()) + " of vault " + step.vault().brief();
            case PlannedAction.BumpFee bump ->
                "Send the transaction with nonce " + bump.nonce() + " of plan "
                        + bump.replaces().text().substring(0, 2 * SHOWN_DIGITS) + "… again at a higher fee";
            case PlannedAction.CancelTransaction cancel ->
                "Put an empty transaction in the place of that with nonce " + cancel.nonce() + " of plan "
                        + cancel.replaces().text().substring(0, 2 * SHOWN_DIGITS) + "…";
        };
    }

    private static String step(PlanKind kind) {
        return switch (kind) {
            case FINALIZE_SETTLEMENT -> "Finalise the settlement";
            case CANCEL_SETTLEMENT -> "Cancel the settlement";
            case CLAIM_PRINCIPAL -> "Claim the principal";
            case DRAIN_REMAINDER -> "Drain the remainder";
            default -> throw new IllegalArgumentException("no step of a vault: " + kind.word());
        };
    }

    private static String consequence(PlanKind kind) {
        return switch (kind) {
            case APPROVE -> "can be undone until the deposit";
            case PROPOSE_SETTLEMENT -> "can be cancelled for one hour";
            case REMOVE, CANCEL_SETTLEMENT -> "can be made again";
            case BUMP_FEE -> "as final as that plan";
            default -> "cannot be undone";
        };
    }

    private static String key(String pubkey) {
        return pubkey.substring(2, 2 + SHOWN_DIGITS) + "…" + pubkey.substring(pubkey.length() - SHOWN_DIGITS);
    }

    private static String vault(String credentials) {
        return EvmAddress.ofCredentials(credentials).brief();
    }

    private static String gwei(long gwei) {
        return coins(BigInteger.valueOf(gwei).multiply(BigInteger.valueOf(1_000_000_000)));
    }

    /** Wei as coins, without a zero too many. */
    static String coins(BigInteger wei) {
        BigDecimal coins = new BigDecimal(wei, COIN_DECIMALS).stripTrailingZeros();
        return coins.toPlainString() + " CTN";
    }
}
