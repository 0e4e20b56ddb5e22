package bulwark.seats.plan;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.contract.EvmAddress;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The code that makes vaults. With it the address of a vault follows from its parameters, without a network. Immutable. */
public final class VaultCode {
    private static final int MAX_BYTES = 49_152;
    private static final int WORD = 32;

    private final byte[] code;

    private VaultCode(byte[] code) {
        this.code = code;
    }

    /** @param text of a file as compilers write it: hexadecimal digits, with or without 0x. Empty for anything else */
    public static Optional<VaultCode> parse(byte[] text) {
        String hex = new String(text, StandardCharsets.US_ASCII).strip();
        String digits = hex.startsWith("0x") ? hex.substring(2) : hex;
        try {
            byte[] code = HexFormat.of().parseHex(digits);
            return code.length == 0 || code.length > MAX_BYTES ? Optional.empty() : Optional.of(new VaultCode(code));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Keccak of the code: 0x and 64 digits. */
    public String hash() {
        return "0x" + HexFormat.of().formatHex(Keccak256.hash(code));
    }

    /**
     * Where the factory puts the vault of a key: CREATE2 (EIP-1014), with keccak of the key as salt and the parameters behind the code.
     *
     * @param pubkey 0x and 96 digits
     */
    public EvmAddress address(ChainNetwork network, String pubkey, VaultParameters parameters) {
        byte[] key = HexFormat.of().parseHex(pubkey, 2, pubkey.length());
        byte[] hash = Keccak256.hash(
                new byte[] {(byte) 0xff},
                network.vaultFactory().bytes(),
                Keccak256.hash(key),
                Keccak256.hash(code, arguments(network, key, parameters)));
        return EvmAddress.of(Arrays.copyOfRange(hash, hash.length - 20, hash.length));
    }

    /** Of the constructor: router, beneficiary, key, principal, delay, bound of claims. */
    private static byte[] arguments(ChainNetwork network, byte[] key, VaultParameters parameters) {
        ByteArrayOutputStream words = new ByteArrayOutputStream();
        words.writeBytes(AbiWord.of(new BigInteger(1, network.treasuryRouter().bytes())));
        words.writeBytes(AbiWord.of(new BigInteger(1, parameters.beneficiary().bytes())));
        words.writeBytes(AbiWord.of(BigInteger.valueOf(6 * WORD)));
        words.writeBytes(AbiWord.of(VaultParameters.PRINCIPAL_TARGET_WEI));
        words.writeBytes(AbiWord.of(BigInteger.valueOf(parameters.claimDelaySeconds())));
        words.writeBytes(AbiWord.of(parameters.maxClaimPerPeriodWei()));
        words.writeBytes(AbiWord.of(BigInteger.valueOf(key.length)));
        words.writeBytes(Arrays.copyOf(key, (key.length + WORD - 1) / WORD * WORD));
        return words.toByteArray();
    }
}
