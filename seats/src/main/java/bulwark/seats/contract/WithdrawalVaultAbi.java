package bulwark.seats.contract;

import bulwark.kernel.signing.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Functions of a withdrawal vault that this program reads. What changes one is called through the router, its treasury. */
public final class WithdrawalVaultAbi {
    public static final ContractFunction TREASURY = ContractFunction.of("treasury()", "address");
    public static final ContractFunction BENEFICIARY = ContractFunction.of("beneficiary()", "address");
    public static final ContractFunction PUBKEY = ContractFunction.of("pubkey()", "bytes");
    public static final ContractFunction PRINCIPAL_TARGET = ContractFunction.of("principalTargetWei()", "uint256");
    public static final ContractFunction CLAIM_DELAY = ContractFunction.of("claimDelaySeconds()", "uint256");
    public static final ContractFunction MAX_CLAIM_PER_PERIOD =
            ContractFunction.of("maxClaimPerPeriodWei()", "uint256");
    /** 0 running, 1 settlement proposed, 2 settled. */
    public static final ContractFunction PHASE = ContractFunction.of("phase()", "uint8");

    public static final ContractFunction PRINCIPAL_CLAIMED = ContractFunction.of("principalClaimedWei()", "uint256");
    public static final ContractFunction REWARDS_CLAIMED = ContractFunction.of("rewardsClaimedWei()", "uint256");
    public static final ContractFunction PENDING_CLAIM = ContractFunction.of("pendingClaimWei()", "uint256");
    public static final ContractFunction CLAIMABLE_REWARDS = ContractFunction.of("claimableRewardsWei()", "uint256");
    public static final ContractFunction SETTLEMENT_READY_AT = ContractFunction.of("settlementReadyAt()", "uint256");
    public static final ContractFunction TOTAL_LIFETIME = ContractFunction.of("totalLifetimeWei()", "uint256");

    /** Of {@code SettlementProposed}, which tells from when on it may be finalised. */
    public static final String SETTLEMENT_PROPOSED_TOPIC =
            HexText.of(Keccak256.hash("SettlementProposed(uint256)".getBytes(StandardCharsets.US_ASCII)));

    private WithdrawalVaultAbi() {}

    /** @param topics of an event */
    public static boolean isSettlementProposed(List<String> topics) {
        return !topics.isEmpty() && topics.getFirst().equals(SETTLEMENT_PROPOSED_TOPIC);
    }
}
