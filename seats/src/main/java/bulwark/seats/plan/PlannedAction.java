package bulwark.seats.plan;

import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a plan does, in the terms of people: its calldata follows from this. Immutable. */
public sealed interface PlannedAction {
    PlanKind kind();

    /** As it stands in a plan: every member a text. */
    Map<String, Object> json();

    /**
     * Lets a depositor deposit an amount for a validator with these credentials, once.
     *
     * @param pubkey 48 bytes, as every byte string here 0x and lower case
     * @param withdrawalCredentials 32 bytes
     */
    record Approve(String pubkey, String withdrawalCredentials, long amountGwei, EvmAddress depositor)
            implements PlannedAction {
        @Override
        public PlanKind kind() {
            return PlanKind.APPROVE;
        }

        @Override
        public Map<String, Object> json() {
            return intent(pubkey, withdrawalCredentials, amountGwei, depositor);
        }
    }

    /** Takes an unspent permission back. */
    record Remove(String pubkey, String withdrawalCredentials, long amountGwei, EvmAddress depositor)
            implements PlannedAction {
        @Override
        public PlanKind kind() {
            return PlanKind.REMOVE;
        }

        @Override
        public Map<String, Object> json() {
            return intent(pubkey, withdrawalCredentials, amountGwei, depositor);
        }
    }

    /**
     * Pays the principal into the deposit contract, and reverts when its root moved.
     *
     * @param signature 96 bytes of BLS
     * @param depositDataRoot 32 bytes
     * @param expectedDepositRoot root of the deposit contract that the call insists on
     * @param vault that the credentials name
     * @param parameters of the vault, of which its address follows
     */
    record Deposit(
            String pubkey,
            String withdrawalCredentials,
            String signature,
            String depositDataRoot,
            String expectedDepositRoot,
            long amountGwei,
            EvmAddress vault,
            VaultParameters parameters)
            implements PlannedAction {
        @Override
        public PlanKind kind() {
            return PlanKind.DEPOSIT;
        }

        @Override
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("pubkey", pubkey);
            json.put("withdrawalCredentials", withdrawalCredentials);
            json.put("signature", signature);
            json.put("depositDataRoot", depositDataRoot);
            json.put("expectedDepositRoot", expectedDepositRoot);
            json.put("amountGwei", Long.toString(amountGwei));
            json.put("vault", vault.text());
            json.putAll(parameters.json());
            return json;
        }
    }

    /** Makes the vault of a validator. */
    record DeployVault(String pubkey, EvmAddress vault, VaultParameters parameters) implements PlannedAction {
        @Override
        public PlanKind kind() {
            return PlanKind.DEPLOY_VAULT;
        }

        @Override
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("pubkey", pubkey);
            json.put("vault", vault.text());
            json.putAll(parameters.json());
            return json;
        }
    }

    /** Asks the consensus layer, by EIP-7002, to end a validator. @param maxFeeWei what travels with the call for the fee */
    record ForceExit(String pubkey, EvmAddress vault, BigInteger maxFeeWei) implements PlannedAction {
        @Override
        public PlanKind kind() {
            return PlanKind.FORCE_EXIT;
        }

        @Override
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("pubkey", pubkey);
            json.put("vault", vault.text());
            json.put("maxFeeWei", maxFeeWei.toString());
            return json;
        }
    }

    /** Begins the settlement of a vault, unless rewards beyond this were claimed meanwhile. */
    record ProposeSettlement(EvmAddress vault, BigInteger maxRewardsClaimedWei) implements PlannedAction {
        @Override
        public PlanKind kind() {
            return PlanKind.PROPOSE_SETTLEMENT;
        }

        @Override
        public Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("vault", vault.text());
            json.put("maxRewardsClaimedWei", maxRewardsClaimedWei.toString());
            return json;
        }
    }

    /** A step of a vault that needs nothing but the vault: finalise or cancel a settlement, claim the principal, drain what is left. */
    record VaultStep(PlanKind kind, EvmAddress vault) implements PlannedAction {
        public VaultStep {
            if (!kind.isVaultStep()) {
                throw new IllegalArgumentException("no step of a vault: " + kind.word());
            }
        }

        @Override
        public Map<String, Object> json() {
            return Map.of("vault", vault.text());
        }
    }

    /**
     * Sends the call of another plan again, with a higher fee: target, value and calldata of this plan are those of that one.
     *
     * @param replaces digest of that plan
     * @param nonce of its transaction
     */
    record BumpFee(PlanDigest replaces, long nonce) implements PlannedAction {
        @Override
        public PlanKind kind() {
            return PlanKind.BUMP_FEE;
        }

        @Override
        public Map<String, Object> json() {
            return replacement(replaces, nonce);
        }
    }

    /** Puts an empty transaction to the treasury itself in the place of another one. */
    record CancelTransaction(PlanDigest replaces, long nonce) implements PlannedAction {
        @Override
        public PlanKind kind() {
            return PlanKind.CANCEL;
        }

        @Override
        public Map<String, Object> json() {
            return replacement(replaces, nonce);
        }
    }

    private static Map<String, Object> intent(
            String pubkey, String withdrawalCredentials, long amountGwei, EvmAddress depositor) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("pubkey", pubkey);
        json.put("withdrawalCredentials", withdrawalCredentials);
        json.put("amountGwei", Long.toString(amountGwei));
        json.put("depositor", depositor.text());
        return json;
    }

    private static Map<String, Object> replacement(PlanDigest replaces, long nonce) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("replaces", "0x" + replaces.text());
        json.put("nonce", Long.toString(nonce));
        return json;
    }
}
