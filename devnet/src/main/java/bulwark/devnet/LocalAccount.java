package bulwark.devnet;

import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Keccak256;
import bulwark.kernel.signing.Secp256k1;
import bulwark.kernel.signing.Secp256k1Key;
import bulwark.seats.contract.ByteStrings;
import bulwark.seats.contract.EvmAddress;
import java.math.BigInteger;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An account that holds coins from the first block on, and sends one transaction (EIP-1559) after the other. Used by one thread. */
final class LocalAccount {
    private static final byte[] TYPE = {2};
    private static final BigInteger TIP = BigInteger.ONE;
    private static final BigInteger MAX_FEE = BigInteger.valueOf(10_000_000_000L);
    private static final long GAS = 6_000_000;

    private final Secp256k1Key key;
    private final EvmAddress address;
    private final long chainId;
    private long nonce;

    /** @throws java.util.NoSuchElementException when the secret is no key of the curve */
    LocalAccount(SecretBytes secret, long chainId) {
        this.key = Secp256k1Key.of(secret).orElseThrow();
        this.address = EvmAddress.ofPublicKey(key.publicKey());
        this.chainId = chainId;
    }

    EvmAddress address() {
        return address;
    }

    /** Where a contract comes to stand that this account makes with its transaction of this number, 0 to 127. */
    EvmAddress contract(int number) {
        byte[] creation = new RlpWriter().text(address.bytes()).number(number).list();
        return EvmAddress.of(Arrays.copyOfRange(Keccak256.hash(creation), 12, 32));
    }

    /** The next one, signed. @param to null for the creation of a contract */
    byte[] transaction(@Nullable EvmAddress to, BigInteger wei, byte[] data) {
        long mine = nonce++;
        byte[] hash = Keccak256.hash(TYPE, fields(mine, to, wei, data).list());
        EcdsaSignature signature = key.sign(hash);
        return ByteStrings.concatenated(
                TYPE,
                fields(mine, to, wei, data)
                        .number(parity(hash, signature))
                        .number(signature.r())
                        .number(signature.s())
                        .list());
    }

    private RlpWriter fields(long mine, @Nullable EvmAddress to, BigInteger wei, byte[] data) {
        return new RlpWriter()
                .number(chainId)
                .number(mine)
                .number(TIP)
                .number(MAX_FEE)
                .number(GAS)
                .text(to == null ? new byte[0] : to.bytes())
                .number(wei)
                .text(data)
                .emptyList();
    }

    private int parity(byte[] hash, EcdsaSignature signature) {
        boolean even = Secp256k1.recover(hash, signature, 0)
                .map(EvmAddress::ofPublicKey)
                .filter(address::equals)
                .isPresent();
        return even ? 0 : 1;
    }
}
