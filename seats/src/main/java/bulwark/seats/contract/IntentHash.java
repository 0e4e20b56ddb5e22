package bulwark.seats.contract;

import bulwark.kernel.signing.Keccak256;
import java.math.BigInteger;
import java.util.List;

/** What the gate's list holds: the hash of one permitted deposit. */
public final class IntentHash {
    private static final List<AbiType> V2 =
            List.of(AbiType.BYTES, AbiType.BYTES, AbiType.UINT64, AbiType.ADDRESS, AbiType.UINT256);

    private IntentHash() {}

    /**
     * Version 2, which our gate computes: {@code keccak256(abi.encode(pubkey, credentials, amountGwei, depositor, epoch))}.
     *
     * @param pubkey 48 bytes
     * @param credentials 32 bytes
     */
    public static byte[] v2(
            byte[] pubkey, byte[] credentials, long amountGwei, EvmAddress depositor, BigInteger epoch) {
        return Keccak256.hash(AbiValues.encode(V2, pubkey, credentials, amountGwei, depositor, epoch));
    }

    /** Version 1, of the earliest contracts: {@code keccak256(pubkey ‖ credentials)}. Only to recognise what is old. */
    public static byte[] v1(byte[] pubkey, byte[] credentials) {
        return Keccak256.hash(pubkey, credentials);
    }
}
