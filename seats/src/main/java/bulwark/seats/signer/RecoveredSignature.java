package bulwark.seats.signer;

import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Secp256k1;
import bulwark.seats.contract.EvmAddress;
import java.util.Optional;

/**
 * A signature with the parity under which it is the treasury's. Immutable.
 *
 * @param parity 0 or 1
 */
record RecoveredSignature(EcdsaSignature signature, int parity) {
    /**
     * A signature as a key service answers it, with the lesser s.
     *
     * @throws SigningRefused with code {@code SIGNER_UNAVAILABLE} when it is not strict DER, or not one of the address: nothing is handed out
     */
    static EcdsaSignature ofDer(byte[] digest, byte[] der, EvmAddress address) {
        EcdsaSignature signature = EcdsaSignature.ofDer(der).orElseThrow(KeyFault.ANSWER_MALFORMED::refusal);
        return find(digest, signature, address)
                .orElseThrow(KeyFault.SIGNATURE_FOREIGN::refusal)
                .signature();
    }

    /**
     * Lowers s, and tries both parities.
     *
     * @throws SigningRefused with code {@code SIGNATURE_FOREIGN} when neither gives the address: nothing is handed out
     */
    static RecoveredSignature of(byte[] digest, EcdsaSignature made, EvmAddress address) {
        return find(digest, made, address)
                .orElseThrow(() -> new SigningRefused(
                        "SIGNATURE_FOREIGN",
                        "The signature that came back is not one of " + address.checksummed()
                                + ": look at the key's pin."));
    }

    private static Optional<RecoveredSignature> find(byte[] digest, EcdsaSignature made, EvmAddress address) {
        EcdsaSignature low = made.lowS();
        for (int parity = 0; parity < 2; parity++) {
            Optional<byte[]> point = Secp256k1.recover(digest, low, parity);
            if (point.isPresent() && EvmAddress.ofPublicKey(point.get()).equals(address)) {
                return Optional.of(new RecoveredSignature(low, parity));
            }
        }
        return Optional.empty();
    }
}
