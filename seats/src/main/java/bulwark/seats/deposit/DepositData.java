package bulwark.seats.deposit;

import bulwark.kernel.signing.Digests;
import bulwark.seats.contract.ByteStrings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A deposit as the beacon chain knows it, and its SSZ roots (consensus specification, phase 0). Immutable.
 *
 * @param pubkey 48 bytes
 * @param credentials 32 bytes
 * @param amountGwei as an unsigned number of 64 bits
 * @param signature 96 bytes
 */
public record DepositData(byte[] pubkey, byte[] credentials, long amountGwei, byte[] signature) {
    private static final byte[] DOMAIN_DEPOSIT = {3, 0, 0, 0};

    public DepositData {
        if (pubkey.length != 48 || credentials.length != 32 || signature.length != 96) {
            throw new IllegalArgumentException("a deposit has 48, 32 and 96 bytes");
        }
        pubkey = pubkey.clone();
        credentials = credentials.clone();
        signature = signature.clone();
    }

    @Override
    public byte[] pubkey() {
        return pubkey.clone();
    }

    @Override
    public byte[] credentials() {
        return credentials.clone();
    }

    @Override
    public byte[] signature() {
        return signature.clone();
    }

    /** Of what was signed: key, credentials and amount. */
    public byte[] messageRoot() {
        return hash(keyAndCredentials(), hash(amount(), new byte[56]));
    }

    /** Of everything: what the deposit contract computes again. */
    public byte[] dataRoot() {
        byte[] signatureRoot = hash(
                Digests.sha256(Arrays.copyOf(signature, 64)),
                hash(Arrays.copyOfRange(signature, 64, 96), new byte[32]));
        return hash(keyAndCredentials(), hash(amount(), new byte[24], signatureRoot));
    }

    /** What the key signed, on the network of this fork version. */
    public byte[] signingRoot(ForkVersion version) {
        return hash(messageRoot(), domain(version));
    }

    /** With a genesis validators root of zero, as deposits have it. */
    static byte[] domain(ForkVersion version) {
        byte[] forkDataRoot = hash(version.bytes(), new byte[60]);
        return ByteStrings.concatenated(DOMAIN_DEPOSIT, Arrays.copyOf(forkDataRoot, 28));
    }

    private byte[] keyAndCredentials() {
        return hash(hash(pubkey, new byte[16]), credentials);
    }

    private byte[] amount() {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(amountGwei)
                .array();
    }

    private static byte[] hash(byte[]... pieces) {
        return Digests.sha256(ByteStrings.concatenated(pieces));
    }
}
