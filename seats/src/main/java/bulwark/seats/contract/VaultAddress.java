package bulwark.seats.contract;

import bulwark.kernel.signing.Keccak256;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/** Where the factory puts the vault of a public key: CREATE2 of EIP-1014, so that it is known before anything is sent. */
public final class VaultAddress {
    public static final BigInteger PRINCIPAL_TARGET_WEI = BigInteger.valueOf(32).multiply(BigInteger.TEN.pow(18));

    private static final List<AbiType> CONSTRUCTOR =
            List.of(AbiType.ADDRESS, AbiType.ADDRESS, AbiType.BYTES, AbiType.UINT256, AbiType.UINT256, AbiType.UINT256);
    private static final byte[] CREATE2 = {(byte) 0xff};

    private VaultAddress() {}

    /**
     * @param router treasury of the vault
     * @param pubkey 48 bytes; its keccak256 is the salt
     */
    public static EvmAddress of(
            EvmAddress factory,
            EvmAddress router,
            byte[] pubkey,
            EvmAddress beneficiary,
            long claimDelaySeconds,
            BigInteger maxClaimPerPeriodWei) {
        byte[] arguments = AbiValues.encode(
                CONSTRUCTOR,
                router,
                beneficiary,
                pubkey,
                PRINCIPAL_TARGET_WEI,
                claimDelaySeconds,
                maxClaimPerPeriodWei);
        byte[] codeHash = Keccak256.hash(ContractCode.WITHDRAWAL_VAULT.creation(), arguments);
        byte[] hash = Keccak256.hash(CREATE2, factory.bytes(), Keccak256.hash(pubkey), codeHash);
        return EvmAddress.of(Arrays.copyOfRange(hash, 12, 32));
    }

    /** The withdrawal credentials that pay a vault: 0x01, eleven zero bytes, its address. */
    public static byte[] credentials(EvmAddress vault) {
        byte[] credentials = new byte[32];
        credentials[0] = 1;
        System.arraycopy(vault.bytes(), 0, credentials, 12, 20);
        return credentials;
    }
}
