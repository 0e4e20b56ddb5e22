package bulwark.seats.signer;

import bulwark.kernel.signing.Keccak256;
import bulwark.seats.contract.EvmAddress;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.List;

/**
 * A transaction of type 2 (EIP-1559) with an empty access list. Immutable.
 *
 * @param data calldata
 */
record FeeMarketTransaction(
        long chainId,
        long nonce,
        BigInteger maxPriorityFeePerGas,
        BigInteger maxFeePerGas,
        long gasLimit,
        EvmAddress to,
        BigInteger value,
        byte[] data) {
    private static final int TYPE = 2;
    private static final int SHORT = 55;

    /** What is signed. */
    byte[] signingHash() {
        return Keccak256.hash(typed(fields()));
    }

    /** As nodes take it. */
    byte[] signed(RecoveredSignature signature) {
        List<byte[]> fields = new java.util.ArrayList<>(fields());
        fields.add(number(BigInteger.valueOf(signature.parity())));
        fields.add(number(signature.signature().r()));
        fields.add(number(signature.signature().s()));
        return typed(fields);
    }

    private List<byte[]> fields() {
        return List.of(
                number(BigInteger.valueOf(chainId)),
                number(BigInteger.valueOf(nonce)),
                number(maxPriorityFeePerGas),
                number(maxFeePerGas),
                number(BigInteger.valueOf(gasLimit)),
                text(to.bytes()),
                number(value),
                text(data),
                new byte[] {(byte) 0xc0});
    }

    private static byte[] typed(List<byte[]> fields) {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        fields.forEach(payload::writeBytes);
        ByteArrayOutputStream typed = new ByteArrayOutputStream();
        typed.write(TYPE);
        head(typed, 0xc0, payload.size());
        typed.writeBytes(payload.toByteArray());
        return typed.toByteArray();
    }

    /** In RLP, without a zero in front. */
    private static byte[] number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int from = bytes[0] == 0 ? 1 : 0;
        return text(java.util.Arrays.copyOfRange(bytes, from, bytes.length));
    }

    private static byte[] text(byte[] bytes) {
        if (bytes.length == 1 && bytes[0] >= 0) {
            return bytes;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        head(out, 0x80, bytes.length);
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    private static void head(ByteArrayOutputStream out, int base, int length) {
        if (length <= SHORT) {
            out.write(base + length);
            return;
        }
        byte[] size = BigInteger.valueOf(length).toByteArray();
        int from = size[0] == 0 ? 1 : 0;
        out.write(base + SHORT + size.length - from);
        out.write(size, from, size.length - from);
    }
}
