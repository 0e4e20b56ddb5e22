package bulwark.seats.send;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.chain.EventLog;
import bulwark.seats.chain.TransactionEndpoint;
import bulwark.seats.contract.AbiRefused;
import bulwark.seats.contract.AbiValues;
import bulwark.seats.contract.ByteStrings;
import bulwark.seats.contract.DepositGateAbi;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.IntentHash;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlannedAction;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The event that an action must leave, field by field. Immutable.
 *
 * @param name for sentences
 * @param topics all of them
 * @param data whether the rest is right
 */
record ExpectedEvent(String name, EvmAddress contract, List<String> topics, Predicate<byte[]> data) {
    private static final int WORD = 32;

    /** @return empty for an action that leaves none */
    static Optional<ExpectedEvent> of(Plan plan) {
        EvmAddress gate = plan.network().depositContract();
        return switch (plan.action()) {
            case PlannedAction.Approve approve ->
                Optional.of(intent(
                        "DepositIntentAllowedFor",
                        plan,
                        approve.pubkey(),
                        approve.withdrawalCredentials(),
                        approve.amountGwei(),
                        approve.depositor()));
            case PlannedAction.Remove remove ->
                Optional.of(intent(
                        "DepositIntentRemovedFor",
                        plan,
                        remove.pubkey(),
                        remove.withdrawalCredentials(),
                        remove.amountGwei(),
                        remove.depositor()));
            case PlannedAction.Deposit deposit ->
                Optional.of(new ExpectedEvent(
                        "DepositEvent", gate, List.of(DepositGateAbi.DEPOSIT_TOPIC), data -> isDeposit(deposit, data)));
            case PlannedAction.DeployVault deploy ->
                Optional.of(new ExpectedEvent(
                        "VaultCreated",
                        plan.network().vaultFactory(),
                        List.of(
                                TransactionEndpoint.topic("VaultCreated(bytes32,address,address)"),
                                HexText.of(Keccak256.hash(HexText.bytes(deploy.pubkey()))),
                                topic(deploy.vault()),
                                topic(deploy.parameters().beneficiary())),
                        data -> data.length == 0));
            case PlannedAction.ForceExit exit ->
                Optional.of(new ExpectedEvent(
                        "ExitRequested",
                        exit.vault(),
                        List.of(TransactionEndpoint.topic("ExitRequested(bytes,uint256)")),
                        data -> isExit(exit, data)));
            case PlannedAction.ProposeSettlement propose ->
                Optional.of(vault("SettlementProposed(uint256)", propose.vault(), 1));
            case PlannedAction.VaultStep step -> Optional.of(step(plan, step));
            case PlannedAction.BumpFee _, PlannedAction.CancelTransaction _ -> Optional.empty();
        };
    }

    private static ExpectedEvent step(Plan plan, PlannedAction.VaultStep step) {
        String router = topic(plan.network().treasuryRouter());
        return switch (step.kind()) {
            case FINALIZE_SETTLEMENT -> vault("SettlementFinalized()", step.vault(), 0);
            case CANCEL_SETTLEMENT -> vault("SettlementCancelled()", step.vault(), 0);
            case CLAIM_PRINCIPAL -> vault("PrincipalClaimed(address,uint256)", step.vault(), 1, router);
            default -> vault("RemainderDrained(address,uint256,uint256)", step.vault(), 2, router);
        };
    }

    private static ExpectedEvent vault(String signature, EvmAddress vault, int words, String... indexed) {
        List<String> topics = new java.util.ArrayList<>(List.of(TransactionEndpoint.topic(signature)));
        topics.addAll(List.of(indexed));
        return new ExpectedEvent(
                signature.substring(0, signature.indexOf('(')),
                vault,
                List.copyOf(topics),
                data -> data.length == words * WORD);
    }

    private static ExpectedEvent intent(
            String name, Plan plan, String pubkey, String credentials, long gwei, EvmAddress depositor) {
        BigInteger epoch = plan.preconditions().epoch();
        byte[] key = HexText.bytes(pubkey);
        String hash = HexText.of(IntentHash.v2(key, HexText.bytes(credentials), gwei, depositor, epoch));
        byte[] expected = ByteStrings.concatenated(
                HexText.word(epoch),
                HexText.word(BigInteger.valueOf(2L * WORD)),
                HexText.word(BigInteger.valueOf(key.length)),
                Arrays.copyOf(key, 2 * WORD));
        return new ExpectedEvent(
                name,
                plan.network().depositContract(),
                List.of(TransactionEndpoint.topic(name + "(bytes32,address,uint256,bytes)"), hash, topic(depositor)),
                data -> Arrays.equals(expected, data));
    }

    private static boolean isDeposit(PlannedAction.Deposit deposit, byte[] data) {
        try {
            AbiValues values = DepositGateAbi.depositEvent(data);
            long gwei = ByteBuffer.wrap(values.bytes(2))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong();
            return HexText.of(values.bytes(0)).equals(deposit.pubkey())
                    && HexText.of(values.bytes(1)).equals(deposit.withdrawalCredentials())
                    && gwei == deposit.amountGwei()
                    && HexText.of(values.bytes(3)).equals(deposit.signature());
        } catch (AbiRefused e) {
            return false;
        }
    }

    private static boolean isExit(PlannedAction.ForceExit exit, byte[] data) {
        byte[] key = HexText.bytes(exit.pubkey());
        if (data.length != 5 * WORD) {
            return false;
        }
        BigInteger fee = new BigInteger(1, Arrays.copyOfRange(data, WORD, 2 * WORD));
        byte[] expected = ByteStrings.concatenated(
                HexText.word(BigInteger.valueOf(2L * WORD)),
                HexText.word(fee),
                HexText.word(BigInteger.valueOf(key.length)),
                Arrays.copyOf(key, 2 * WORD));
        return fee.compareTo(exit.maxFeeWei()) <= 0 && Arrays.equals(expected, data);
    }

    private static String topic(EvmAddress address) {
        return HexText.of(HexText.word(new BigInteger(1, address.bytes())));
    }

    /** Of this name and contract, whatever its fields. */
    private boolean isCandidate(EventLog log) {
        return log.address().equals(contract)
                && !log.topics().isEmpty()
                && log.topics().getFirst().equals(topics.getFirst());
    }

    /** What is wrong with the events of a receipt, as a sentence; empty when exactly the expected one is there. */
    Optional<String> problem(List<EventLog> logs) {
        List<EventLog> found = logs.stream().filter(this::isCandidate).toList();
        if (found.size() != 1) {
            return Optional.of("The receipt has " + found.size() + " events " + name + " of " + contract.brief()
                    + ", and must have one.");
        }
        boolean exact = found.getFirst().topics().equals(topics)
                && data.test(found.getFirst().data());
        return exact
                ? Optional.empty()
                : Optional.of("The event " + name + " of " + contract.brief() + " has other fields than the plan.");
    }
}
