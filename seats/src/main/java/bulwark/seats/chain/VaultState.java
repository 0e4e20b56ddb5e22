package bulwark.seats.chain;

import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.WithdrawalVaultAbi;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a vault says of itself at one block. Immutable; amounts in wei.
 *
 * @param phase 0 running, 1 settlement proposed, 2 settled
 * @param settlementReadyAt seconds since 1970 from which a proposed settlement may be finalised; 0 for none
 */
public record VaultState(
        long phase,
        BigInteger balance,
        BigInteger principalClaimed,
        BigInteger rewardsClaimed,
        BigInteger pendingClaim,
        BigInteger claimableRewards,
        BigInteger settlementReadyAt) {
    /** @param vault that a vault stands at */
    static VaultState read(ExecutionNode node, EvmAddress vault, BlockId at) {
        return new VaultState(
                number(node, vault, at, WithdrawalVaultAbi.PHASE).longValueExact(),
                node.balance(vault, at),
                number(node, vault, at, WithdrawalVaultAbi.PRINCIPAL_CLAIMED),
                number(node, vault, at, WithdrawalVaultAbi.REWARDS_CLAIMED),
                number(node, vault, at, WithdrawalVaultAbi.PENDING_CLAIM),
                number(node, vault, at, WithdrawalVaultAbi.CLAIMABLE_REWARDS),
                number(node, vault, at, WithdrawalVaultAbi.SETTLEMENT_READY_AT));
    }

    private static BigInteger number(ExecutionNode node, EvmAddress vault, BlockId at, ContractFunction function) {
        return node.read(vault, at, function).number(0);
    }

    /** As answers show it. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("phase", phase);
        json.put("balanceWei", balance.toString());
        json.put("principalClaimedWei", principalClaimed.toString());
        json.put("rewardsClaimedWei", rewardsClaimed.toString());
        json.put("pendingClaimWei", pendingClaim.toString());
        json.put("claimableRewardsWei", claimableRewards.toString());
        json.put("settlementReadyAt", settlementReadyAt.toString());
        return json;
    }
}
