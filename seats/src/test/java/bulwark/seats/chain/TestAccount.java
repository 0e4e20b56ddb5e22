package bulwark.seats.chain;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.contract.Eip1559Transaction;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;

/** An account of a test that signs transactions with a key that everybody may know. */
public final class TestAccount {
    private static final X9ECParameters CURVE = SECNamedCurves.getByName("secp256k1");

    private final BigInteger key;
    private long nonce;

    public TestAccount(long key) {
        this(BigInteger.valueOf(key));
    }

    public TestAccount(BigInteger key) {
        this.key = key;
    }

    public EvmAddress address() {
        byte[] point = CURVE.getG().multiply(key).normalize().getEncoded(false);
        return EvmAddress.of(Arrays.copyOfRange(Keccak256.hash(Arrays.copyOfRange(point, 1, 65)), 12, 32));
    }

    /** The next transaction of this account, signed. @param to null for the creation of a contract */
    public byte[] transaction(@Nullable EvmAddress to, BigInteger wei, byte[] data) {
        return signed(nonce++, to, wei, data);
    }

    /** In the place of the last one, which its block took along. */
    byte[] again(EvmAddress to, BigInteger wei, byte[] data) {
        return signed(nonce - 1, to, wei, data);
    }

    private byte[] signed(long place, @Nullable EvmAddress to, BigInteger wei, byte[] data) {
        Eip1559Transaction transaction = new Eip1559Transaction(
                286, place, BigInteger.ONE, BigInteger.valueOf(10_000_000_000L), 6_000_000, to, wei, data);
        BigInteger order = CURVE.getN();
        HMacDSAKCalculator nonces = new HMacDSAKCalculator(new SHA256Digest());
        byte[] hash = transaction.signingHash();
        nonces.init(order, key, hash);
        BigInteger k = nonces.nextK();
        ECPoint point = CURVE.getG().multiply(k).normalize();
        BigInteger r = point.getAffineXCoord().toBigInteger().mod(order);
        BigInteger s = k.modInverse(order)
                .multiply(new BigInteger(1, hash).add(r.multiply(key)))
                .mod(order);
        int parity = point.getAffineYCoord().toBigInteger().testBit(0) ? 1 : 0;
        if (s.compareTo(order.shiftRight(1)) > 0) {
            s = order.subtract(s);
            parity ^= 1;
        }
        return transaction.signed(parity, r, s);
    }

    public static String hash(byte[] signed) {
        return HexText.of(Keccak256.hash(signed));
    }
}
