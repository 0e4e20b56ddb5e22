package bulwark.seats.contract;

import bulwark.kernel.signing.Keccak256;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.web3j.rlp.RlpEncoder;
import org.web3j.rlp.RlpList;
import org.web3j.rlp.RlpString;
import org.web3j.rlp.RlpType;

/**
 * A transaction of type 2 (EIP-1559) with an empty access list. Immutable.
 *
 * @param to null for the creation of a contract
 * @param data calldata, or creation code
 */
public record Eip1559Transaction(
        long chainId,
        long nonce,
        BigInteger maxPriorityFeePerGas,
        BigInteger maxFeePerGas,
        long gas,
        @Nullable EvmAddress to,
        BigInteger value,
        byte[] data) {
    private static final byte[] TYPE = {2};

    public Eip1559Transaction {
        if (chainId <= 0 || nonce < 0 || gas <= 0 || value.signum() < 0 || maxFeePerGas.signum() < 0) {
            throw new IllegalArgumentException("a transaction has a chain, and no negative number");
        }
        if (maxPriorityFeePerGas.signum() < 0 || maxPriorityFeePerGas.compareTo(maxFeePerGas) > 0) {
            throw new IllegalArgumentException("the priority fee is at most the whole fee");
        }
        data = data.clone();
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    /** What is signed: 32 bytes. */
    public byte[] signingHash() {
        return Keccak256.hash(TYPE, encoded(fields()));
    }

    /**
     * The bytes that are broadcast; their {@code keccak256} is the hash of the transaction.
     *
     * @param parity 0 or 1
     * @throws IllegalArgumentException when s is in the upper half of the group (EIP-2) or a number is out of range
     */
    public byte[] signed(int parity, BigInteger r, BigInteger s) {
        if (parity < 0 || parity > 1 || !Secp256k1Range.isSignature(r, s)) {
            throw new IllegalArgumentException(
                    "a signature has parity 0 or 1, r below the order and s in its lower half");
        }
        List<RlpType> fields = fields();
        fields.add(RlpString.create(parity));
        fields.add(RlpString.create(r));
        fields.add(RlpString.create(s));
        return ByteStrings.concatenated(TYPE, encoded(fields));
    }

    private List<RlpType> fields() {
        List<RlpType> fields = new ArrayList<>();
        fields.add(RlpString.create(chainId));
        fields.add(RlpString.create(nonce));
        fields.add(RlpString.create(maxPriorityFeePerGas));
        fields.add(RlpString.create(maxFeePerGas));
        fields.add(RlpString.create(gas));
        fields.add(RlpString.create(to == null ? new byte[0] : to.bytes()));
        fields.add(RlpString.create(value));
        fields.add(RlpString.create(data));
        fields.add(new RlpList());
        return fields;
    }

    private static byte[] encoded(List<RlpType> fields) {
        return RlpEncoder.encode(new RlpList(fields));
    }
}
