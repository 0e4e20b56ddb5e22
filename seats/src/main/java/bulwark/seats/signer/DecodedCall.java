package bulwark.seats.signer;

import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultParameters;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Calldata as the signer reads it, with a reader of its own: known selectors alone, and of the many encodings that a contract would accept only the one without gaps, overlaps and dirty padding. Immutable.
 *
 * @param kind of action
 * @param selector four bytes: 0x and eight digits
 * @param arguments byte strings and addresses as 0x and digits, numbers in decimal
 */
record DecodedCall(PlanKind kind, String selector, List<String> arguments) {
    private static final int WORD = 32;
    private static final int SELECTOR = 4;
    private static final BigInteger MAX_UINT64 = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);

    private enum Type {
        BYTES,
        BYTES32,
        UINT64,
        UINT256,
        ADDRESS
    }

    private record Shape(PlanKind kind, List<Type> types) {
        static Shape of(PlanKind kind, Type... types) {
            return new Shape(kind, List.of(types));
        }
    }

    private static final Map<String, Shape> SHAPES = Map.of(
            "0xfaaf7a6a", Shape.of(PlanKind.APPROVE, Type.BYTES, Type.BYTES, Type.UINT64, Type.ADDRESS),
            "0x0454d648", Shape.of(PlanKind.REMOVE, Type.BYTES, Type.BYTES, Type.UINT64, Type.ADDRESS),
            "0x922692fb", Shape.of(PlanKind.DEPOSIT, Type.BYTES, Type.BYTES, Type.BYTES, Type.BYTES32, Type.BYTES32),
            "0x766cea19",
                    Shape.of(PlanKind.DEPLOY_VAULT, Type.BYTES, Type.ADDRESS, Type.UINT256, Type.UINT256, Type.UINT256),
            "0x554929a2", Shape.of(PlanKind.FORCE_EXIT, Type.ADDRESS),
            "0xe1dc675b", Shape.of(PlanKind.PROPOSE_SETTLEMENT, Type.ADDRESS, Type.UINT256),
            "0xc798a695", Shape.of(PlanKind.FINALIZE_SETTLEMENT, Type.ADDRESS),
            "0x2ce74c5e", Shape.of(PlanKind.CANCEL_SETTLEMENT, Type.ADDRESS),
            "0x8e12ebc7", Shape.of(PlanKind.CLAIM_PRINCIPAL, Type.ADDRESS),
            "0x40fad98c", Shape.of(PlanKind.DRAIN_REMAINDER, Type.ADDRESS));

    /**
     * @param calldata 0x and hexadecimal digits
     * @throws SigningRefused with code {@code SELECTOR_UNKNOWN} or {@code CALLDATA_MALFORMED}
     */
    static DecodedCall of(String calldata) {
        byte[] bytes = HexFormat.of().parseHex(calldata, 2, calldata.length());
        String selector = bytes.length < SELECTOR ? "0x" : calldata.substring(0, 2 + 2 * SELECTOR);
        Shape shape = SHAPES.get(selector);
        if (shape == null) {
            throw new SigningRefused(
                    "SELECTOR_UNKNOWN", "The calldata calls no function that this signer knows (" + selector + ").");
        }
        Cursor cursor = new Cursor(Arrays.copyOfRange(bytes, SELECTOR, bytes.length), shape.types.size());
        List<String> arguments = new ArrayList<>();
        for (Type type : shape.types) {
            arguments.add(cursor.read(type));
        }
        cursor.end();
        return new DecodedCall(shape.kind, selector, List.copyOf(arguments));
    }

    /** Whether it does exactly what the plan's action says. */
    boolean does(PlannedAction action) {
        return action.kind() == kind
                && arguments.equals(
                        switch (action) {
                            case PlannedAction.Approve a ->
                                List.of(
                                        a.pubkey(),
                                        a.withdrawalCredentials(),
                                        Long.toString(a.amountGwei()),
                                        a.depositor().text());
                            case PlannedAction.Remove r ->
                                List.of(
                                        r.pubkey(),
                                        r.withdrawalCredentials(),
                                        Long.toString(r.amountGwei()),
                                        r.depositor().text());
                            case PlannedAction.Deposit d ->
                                List.of(
                                        d.pubkey(),
                                        d.withdrawalCredentials(),
                                        d.signature(),
                                        d.depositDataRoot(),
                                        d.expectedDepositRoot());
                            case PlannedAction.DeployVault v ->
                                List.of(
                                        v.pubkey(),
                                        v.parameters().beneficiary().text(),
                                        VaultParameters.PRINCIPAL_TARGET_WEI.toString(),
                                        Long.toString(v.parameters().claimDelaySeconds()),
                                        v.parameters().maxClaimPerPeriodWei().toString());
                            case PlannedAction.ForceExit e -> List.of(e.vault().text());
                            case PlannedAction.ProposeSettlement p ->
                                List.of(
                                        p.vault().text(),
                                        p.maxRewardsClaimedWei().toString());
                            case PlannedAction.VaultStep s -> List.of(s.vault().text());
                            case PlannedAction.BumpFee _, PlannedAction.CancelTransaction _ -> List.of();
                        });
    }

    /** Reads heads in order, and tails in the order of their heads, each where the one before ended. */
    private static final class Cursor {
        private final byte[] words;
        private int head;
        private int tail;

        Cursor(byte[] words, int count) {
            this.words = words;
            this.tail = WORD * count;
            if (words.length % WORD != 0 || words.length < tail) {
                throw malformed();
            }
        }

        String read(Type type) {
            int at = head;
            head += WORD;
            return switch (type) {
                case BYTES -> bytes(at);
                case BYTES32 -> hex(at, WORD);
                case UINT256 -> number(at).toString();
                case UINT64 -> {
                    if (number(at).compareTo(MAX_UINT64) > 0) {
                        throw malformed();
                    }
                    yield number(at).toString();
                }
                case ADDRESS -> {
                    requireZeros(at, at + 12);
                    yield hex(at + 12, 20);
                }
            };
        }

        private String bytes(int at) {
            if (!number(at).equals(BigInteger.valueOf(tail)) || tail + WORD > words.length) {
                throw malformed();
            }
            BigInteger size = number(tail);
            int from = tail + WORD;
            if (size.bitLength() > 16 || from + size.intValue() > words.length) {
                throw malformed();
            }
            int length = size.intValue();
            tail = from + (length + WORD - 1) / WORD * WORD;
            if (tail > words.length) {
                throw malformed();
            }
            requireZeros(from + length, tail);
            return hex(from, length);
        }

        private BigInteger number(int at) {
            return new BigInteger(1, Arrays.copyOfRange(words, at, at + WORD));
        }

        private String hex(int at, int length) {
            return "0x" + HexFormat.of().formatHex(words, at, at + length);
        }

        private void requireZeros(int from, int to) {
            for (int i = from; i < to; i++) {
                if (words[i] != 0) {
                    throw malformed();
                }
            }
        }

        void end() {
            if (tail != words.length) {
                throw malformed();
            }
        }

        private static SigningRefused malformed() {
            return new SigningRefused(
                    "CALLDATA_MALFORMED",
                    "The calldata is not in the one encoding without gaps, dirty padding and bytes behind it.");
        }
    }
}
