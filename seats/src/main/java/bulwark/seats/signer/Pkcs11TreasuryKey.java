package bulwark.seats.signer;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.EcdsaSignature;
import bulwark.kernel.signing.Pkcs11Failed;
import bulwark.kernel.signing.Pkcs11Token;
import bulwark.seats.contract.EvmAddress;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A key in a PKCS#11 token, which it never leaves. */
public final class Pkcs11TreasuryKey implements TreasuryKey {
    private static final Logger LOG = LoggerFactory.getLogger(Pkcs11TreasuryKey.class);
    private static final int DIGEST_BYTES = 32;

    private final Pkcs11Token.Key key;
    private final EvmAddress address;

    private Pkcs11TreasuryKey(Pkcs11Token.Key key) {
        this.key = key;
        this.address = EvmAddress.ofPublicKey(key.publicKey());
    }

    static Pkcs11TreasuryKey open(Configuration settings, Path directory) {
        String label = settings.text(SignerSettings.PKCS11_KEY);
        Pkcs11Token.Key key = token(settings, directory)
                .find(label)
                .orElseThrow(() -> new CommandFailed(SignerSettings.PKCS11_KEY + " names the key " + label
                        + ", which the token does not have: make it with seat-manager signer key create"));
        if (key.isExtractable()) {
            throw new CommandFailed(SignerSettings.PKCS11_KEY + " names the key " + label
                    + ", which the token would hand out: make one with seat-manager signer key create");
        }
        return new Pkcs11TreasuryKey(key);
    }

    /** Makes the key that the settings name, in their token. @return its address */
    public static EvmAddress create(Configuration settings, Path directory, Instant now) {
        return new Pkcs11TreasuryKey(token(settings, directory).create(settings.text(SignerSettings.PKCS11_KEY), now))
                .address();
    }

    private static Pkcs11Token token(Configuration settings, Path directory) {
        String library = settings.text(SignerSettings.PKCS11_LIBRARY);
        SecretBytes pin = settings.secret(SignerSettings.PKCS11_PIN)
                .orElseThrow(() -> CommandFailed.usage(
                        SignerSettings.PKCS11_PIN + "_FILE must name a file of mode 600 with the PIN of the token"));
        if (library.isEmpty()) {
            throw CommandFailed.usage(SignerSettings.PKCS11_LIBRARY + " must name the library of the token");
        }
        return Pkcs11Token.open(
                directory.resolve(library), Math.toIntExact(settings.count(SignerSettings.PKCS11_SLOT)), pin);
    }

    @Override
    public String kind() {
        return "pkcs11";
    }

    @Override
    public EvmAddress address() {
        return address;
    }

    @Override
    public EcdsaSignature sign(byte[] digest) {
        if (digest.length != DIGEST_BYTES) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + digest.length);
        }
        byte[] der;
        try {
            der = key.sign(digest);
        } catch (Pkcs11Failed e) {
            LOG.warn("{}", e.getMessage());
            throw KeyFault.TOKEN_FAILED.refusal();
        }
        return RecoveredSignature.ofDer(digest, der, address);
    }

    @Override
    public String toString() {
        return "token key of " + address;
    }
}
