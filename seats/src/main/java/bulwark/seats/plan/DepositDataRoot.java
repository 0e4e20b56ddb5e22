package bulwark.seats.plan;

import bulwark.kernel.signing.Digests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

/** The root that the deposit contract computes again: SSZ of {@code DepositData} in the consensus specification, phase 0. */
public final class DepositDataRoot {
    private static final int CHUNK = 32;

    private DepositDataRoot() {}

    /**
     * @param pubkey 48 bytes, like the others 0x and hexadecimal digits
     * @param withdrawalCredentials 32 bytes
     * @param signature 96 bytes
     */
    public static String of(String pubkey, String withdrawalCredentials, long amountGwei, String signature) {
        byte[] sig = bytes(signature);
        byte[] keyRoot = Digests.sha256(Arrays.copyOf(bytes(pubkey), 2 * CHUNK));
        byte[] signatureRoot = pair(
                Digests.sha256(Arrays.copyOf(sig, 2 * CHUNK)),
                Digests.sha256(Arrays.copyOf(Arrays.copyOfRange(sig, 2 * CHUNK, 3 * CHUNK), 2 * CHUNK)));
        byte[] amount = ByteBuffer.allocate(CHUNK)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(amountGwei)
                .array();
        byte[] root = pair(pair(keyRoot, bytes(withdrawalCredentials)), pair(amount, signatureRoot));
        return "0x" + HexFormat.of().formatHex(root);
    }

    private static byte[] pair(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, 2 * CHUNK);
        System.arraycopy(right, 0, both, CHUNK, CHUNK);
        return Digests.sha256(both);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex, 2, hex.length());
    }
}
