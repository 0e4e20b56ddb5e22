package bulwark.seats.signer;

import bulwark.kernel.signing.EcdsaSignature;
import bulwark.seats.contract.EvmAddress;

/** Where the key of the treasury is. Thread-safe; calls block. */
public interface TreasuryKey extends AutoCloseable {
    /** Stable word for health and evidence: {@code local}, {@code kms} or {@code pkcs11}. */
    String kind();

    EvmAddress address();

    /**
     * A signature of the digest as it is, with the lesser s, which was recovered to {@link #address}.
     *
     * @param digest 32 bytes
     * @throws SigningRefused with code {@code SIGNER_UNAVAILABLE} when the key cannot be used now; no other key is taken in its place
     */
    EcdsaSignature sign(byte[] digest);

    @Override
    default void close() {}
}
