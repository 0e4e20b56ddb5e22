package bulwark.seats.send;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.ExecutionNode.BlockId;
import bulwark.seats.chain.TransactionReceipt;
import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.IntentHash;
import bulwark.seats.contract.VaultFactoryAbi;
import bulwark.seats.contract.WithdrawalVaultAbi;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlannedAction;
import java.math.BigInteger;
import java.util.Optional;

/** Whether a mined transaction did what its plan says: status 1, the one event with its fields, and a read of the state behind it in the same block. */
final class EffectCheck {
    private EffectCheck() {}

    /**
     * @param plan whose call was mined: that of the first attempt, where a fee was raised
     * @return what is wrong, as a sentence; empty when all is right
     * @throws bulwark.seats.chain.RpcFailed when the state cannot be read: nothing is known then
     */
    static Optional<String> problem(Plan plan, TransactionReceipt receipt, ExecutionNode node) {
        if (!receipt.succeeded()) {
            return Optional.of("The transaction reverted in block " + receipt.blockNumber() + ".");
        }
        Optional<String> event = ExpectedEvent.of(plan).flatMap(expected -> expected.problem(receipt.logs()));
        return event.isPresent() ? event : state(plan, node, BlockId.number(receipt.blockNumber()));
    }

    private static Optional<String> state(Plan plan, ExecutionNode node, BlockId at) {
        EvmAddress gate = plan.network().depositContract();
        return switch (plan.action()) {
            case PlannedAction.Approve(String pubkey, String wc, long gwei, EvmAddress depositor) ->
                unless(
                        node.read(gate, at, DepositGateAbi.IS_ALLOWED, bytes(pubkey), bytes(wc), gwei, depositor)
                                .flag(0),
                        "The list does not hold the permission that the event tells of.");
            case PlannedAction.Remove(String pubkey, String wc, long gwei, EvmAddress depositor) ->
                unless(
                        !node.read(gate, at, DepositGateAbi.IS_ALLOWED, bytes(pubkey), bytes(wc), gwei, depositor)
                                .flag(0),
                        "The list still holds the permission that the event says was removed.");
            case PlannedAction.Deposit deposit -> deposit(plan, deposit, node, at);
            case PlannedAction.DeployVault deploy ->
                unless(
                        node.read(plan.network().vaultFactory(), at, VaultFactoryAbi.VAULT_OF, (Object)
                                        Keccak256.hash(bytes(deploy.pubkey())))
                                .address(0)
                                .equals(deploy.vault()),
                        "The factory has another vault for this key than the event tells of.");
            case PlannedAction.ForceExit exit ->
                unless(
                        HexText.of(node.read(exit.vault(), at, WithdrawalVaultAbi.PUBKEY)
                                        .bytes(0))
                                .equals(exit.pubkey()),
                        "The vault is of another key than the event tells of.");
            case PlannedAction.ProposeSettlement propose -> phase(node, propose.vault(), at, 1);
            case PlannedAction.VaultStep step -> step(node, step, at);
            case PlannedAction.BumpFee _, PlannedAction.CancelTransaction _ -> Optional.empty();
        };
    }

    private static Optional<String> deposit(Plan plan, PlannedAction.Deposit deposit, ExecutionNode node, BlockId at) {
        EvmAddress gate = plan.network().depositContract();
        if (!node.read(gate, at, DepositGateAbi.ALLOWLIST_ENABLED).flag(0)) {
            return Optional.empty();
        }
        byte[] intent = IntentHash.v2(
                bytes(deposit.pubkey()),
                bytes(deposit.withdrawalCredentials()),
                deposit.amountGwei(),
                plan.network().treasuryRouter(),
                plan.preconditions().epoch());
        return unless(
                node.read(gate, at, DepositGateAbi.CONSUMED_INTENTS, (Object) intent)
                        .flag(0),
                "The permission of this deposit is not used up, although the event tells of one.");
    }

    private static Optional<String> step(ExecutionNode node, PlannedAction.VaultStep step, BlockId at) {
        return switch (step.kind()) {
            case FINALIZE_SETTLEMENT -> phase(node, step.vault(), at, 2);
            case CANCEL_SETTLEMENT -> phase(node, step.vault(), at, 0);
            default ->
                unless(
                        number(node, step.vault(), at, WithdrawalVaultAbi.PRINCIPAL_CLAIMED)
                                                .signum()
                                        > 0
                                || number(node, step.vault(), at, WithdrawalVaultAbi.REWARDS_CLAIMED)
                                                .signum()
                                        > 0,
                        "The vault counts nothing as paid, although the event tells of a payment.");
        };
    }

    private static Optional<String> phase(ExecutionNode node, EvmAddress vault, BlockId at, long phase) {
        BigInteger actual = number(node, vault, at, WithdrawalVaultAbi.PHASE);
        return unless(
                actual.equals(BigInteger.valueOf(phase)),
                "The vault is in phase " + actual + ", and must be in phase " + phase + ".");
    }

    private static BigInteger number(ExecutionNode node, EvmAddress vault, BlockId at, ContractFunction function) {
        return node.read(vault, at, function).number(0);
    }

    private static byte[] bytes(String hex) {
        return HexText.bytes(hex);
    }

    private static Optional<String> unless(boolean right, String sentence) {
        return right ? Optional.empty() : Optional.of(sentence);
    }
}
