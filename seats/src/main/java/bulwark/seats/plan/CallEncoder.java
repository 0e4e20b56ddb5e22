package bulwark.seats.plan;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.contract.EvmAddress;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Calldata of actions, by the rules of Solidity's ABI. The signer does not use it: it reads calldata with a decoder of its own. */
public final class CallEncoder {
    private static final int WORD = 32;

    private CallEncoder() {}

    /** Target of an action: the router, for all that is no replacement. */
    public static EvmAddress target(PlannedAction action, ChainNetwork network, EvmAddress treasury) {
        return switch (action) {
            case PlannedAction.CancelTransaction _ -> treasury;
            case PlannedAction.BumpFee _ ->
                throw new IllegalArgumentException("a replacement has the target of its plan");
            default -> network.treasuryRouter();
        };
    }

    /** Wei that travel with an action. */
    public static BigInteger value(PlannedAction action) {
        return switch (action) {
            case PlannedAction.Deposit deposit ->
                BigInteger.valueOf(deposit.amountGwei()).multiply(BigInteger.valueOf(1_000_000_000));
            case PlannedAction.ForceExit exit -> exit.maxFeeWei();
            default -> BigInteger.ZERO;
        };
    }

    /** 0x and hexadecimal digits. */
    public static String calldata(PlannedAction action) {
        return switch (action) {
            case PlannedAction.Approve(String pubkey, String wc, long gwei, EvmAddress depositor) ->
                call(
                        "addAllowedDepositFor(bytes,bytes,uint64,address)",
                        bytes(pubkey),
                        bytes(wc),
                        number(gwei),
                        depositor);
            case PlannedAction.Remove(String pubkey, String wc, long gwei, EvmAddress depositor) ->
                call(
                        "removeAllowedDeposit(bytes,bytes,uint64,address)",
                        bytes(pubkey),
                        bytes(wc),
                        number(gwei),
                        depositor);
            case PlannedAction.Deposit deposit ->
                call(
                        "deposit(bytes,bytes,bytes,bytes32,bytes32)",
                        bytes(deposit.pubkey()),
                        bytes(deposit.withdrawalCredentials()),
                        bytes(deposit.signature()),
                        new BigInteger(1, bytes(deposit.depositDataRoot())),
                        new BigInteger(1, bytes(deposit.expectedDepositRoot())));
            case PlannedAction.DeployVault deploy ->
                call(
                        "createVault(bytes,address,uint256,uint256,uint256)",
                        bytes(deploy.pubkey()),
                        deploy.parameters().beneficiary(),
                        VaultParameters.PRINCIPAL_TARGET_WEI,
                        number(deploy.parameters().claimDelaySeconds()),
                        deploy.parameters().maxClaimPerPeriodWei());
            case PlannedAction.ForceExit exit -> call("triggerValidatorExit(address)", exit.vault());
            case PlannedAction.ProposeSettlement propose ->
                call("proposeSettlement(address,uint256)", propose.vault(), propose.maxRewardsClaimedWei());
            case PlannedAction.VaultStep step -> call(signature(step.kind()), step.vault());
            case PlannedAction.CancelTransaction _ -> "0x";
            case PlannedAction.BumpFee _ ->
                throw new IllegalArgumentException("a replacement has the calldata of its plan");
        };
    }

    private static String signature(PlanKind step) {
        return switch (step) {
            case FINALIZE_SETTLEMENT -> "finalizeSettlement(address)";
            case CANCEL_SETTLEMENT -> "cancelSettlement(address)";
            case CLAIM_PRINCIPAL -> "claimPrincipal(address)";
            case DRAIN_REMAINDER -> "drainRemainder(address)";
            default -> throw new IllegalArgumentException("no step of a vault: " + step.word());
        };
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex, 2, hex.length());
    }

    private static BigInteger number(long number) {
        return BigInteger.valueOf(number);
    }

    /** @param arguments byte strings, numbers and addresses */
    private static String call(String signature, Object... arguments) {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        ByteArrayOutputStream tail = new ByteArrayOutputStream();
        head.writeBytes(Arrays.copyOf(Keccak256.hash(signature.getBytes(StandardCharsets.US_ASCII)), 4));
        for (Object argument : List.of(arguments)) {
            switch (argument) {
                case byte[] bytes -> {
                    head.writeBytes(AbiWord.of(number((long) WORD * arguments.length + tail.size())));
                    tail.writeBytes(AbiWord.of(number(bytes.length)));
                    tail.writeBytes(Arrays.copyOf(bytes, (bytes.length + WORD - 1) / WORD * WORD));
                }
                case BigInteger number -> head.writeBytes(AbiWord.of(number));
                case EvmAddress address -> head.writeBytes(AbiWord.of(new BigInteger(1, address.bytes())));
                default -> throw new IllegalArgumentException("no argument of a call: " + argument.getClass());
            }
        }
        head.writeBytes(tail.toByteArray());
        return "0x" + HexFormat.of().formatHex(head.toByteArray());
    }
}
