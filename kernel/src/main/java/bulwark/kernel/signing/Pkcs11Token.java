package bulwark.kernel.signing;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A PKCS#11 token by its module and slot: holds keys of secp256k1 that never leave it, and signs with them. Thread-safe. */
public final class Pkcs11Token {
    /** What the provider's configuration takes without quoting. */
    private static final Pattern LIBRARY = Pattern.compile("/[A-Za-z0-9/._+-]+");

    private static final Pattern LABEL = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
    private static final Duration CERTIFICATE_DURATION = Duration.ofDays(36_500);
    private static final int SERIAL_BITS = 127;

    private final Provider provider;
    private final KeyStore store;

    private Pkcs11Token(Provider provider, KeyStore store) {
        this.provider = provider;
        this.store = store;
    }

    /**
     * Loads the module and logs in.
     *
     * @param library shared object of the token's maker
     * @param slot its number, as the maker's tool shows it
     * @throws Pkcs11Failed when there is no such module or token, or the PIN is wrong
     */
    public static Pkcs11Token open(Path library, int slot, SecretBytes pin) {
        if (!LIBRARY.matcher(library.toString()).matches()) {
            throw new Pkcs11Failed("the path of a PKCS#11 library must be absolute, of letters, digits and . _ + -");
        }
        Provider unconfigured = Security.getProvider("SunPKCS11");
        if (unconfigured == null) {
            throw new Pkcs11Failed("this Java has no PKCS#11 provider: use a JDK with the module jdk.crypto.cryptoki");
        }
        char[] digits = pin.exposeText(SecretAccess.grant()).toCharArray();
        try {
            Provider provider = unconfigured.configure(configuration(library, slot));
            KeyStore store = KeyStore.getInstance("PKCS11", provider);
            store.load(null, digits);
            return new Pkcs11Token(provider, store);
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            throw new Pkcs11Failed("the token in slot " + slot + " of " + library + " cannot be opened (" + innermost(e)
                    + "): look at library, slot and PIN");
        } finally {
            Arrays.fill(digits, '0');
        }
    }

    private static String configuration(Path library, int slot) {
        return """
                --name = bulwark
                library = %s
                slot = %d
                attributes(generate, CKO_PRIVATE_KEY, *) = {
                  CKA_SENSITIVE = true
                  CKA_EXTRACTABLE = false
                }
                """.formatted(library, slot);
    }

    /** The module's own word, such as {@code CKR_PIN_INCORRECT}. */
    private static String innermost(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** A private key in the token. Thread-safe. */
    public final class Key {
        private final PrivateKey key;
        private final byte[] point;

        private Key(PrivateKey key, byte[] point) {
            this.key = key;
            this.point = point;
        }

        /** 64 bytes: abscissa and ordinate. */
        public byte[] publicKey() {
            return point.clone();
        }

        /** Whether the token would hand it out. */
        public boolean isExtractable() {
            return key.getEncoded() != null;
        }

        /**
         * @param digest 32 bytes, signed as they are
         * @return as the token made it, in DER
         * @throws Pkcs11Failed when the token does not sign
         */
        public byte[] sign(byte[] digest) {
            try {
                Signature signature = Signature.getInstance("NONEwithECDSA", provider);
                signature.initSign(key);
                signature.update(digest);
                return signature.sign();
            } catch (GeneralSecurityException | ProviderException e) {
                throw new Pkcs11Failed("the token did not sign (" + innermost(e) + ")");
            }
        }
    }

    /** @return empty when the token has no key of secp256k1 with a certificate of this label */
    public Optional<Key> find(String label) {
        try {
            Certificate certificate = store.getCertificate(label);
            if (certificate == null || !(store.getKey(label, null) instanceof PrivateKey key)) {
                return Optional.empty();
            }
            return Secp256k1.ofSubjectPublicKeyInfo(certificate.getPublicKey().getEncoded())
                    .map(point -> new Key(key, point));
        } catch (GeneralSecurityException | ProviderException e) {
            throw new Pkcs11Failed("the token does not show its keys (" + innermost(e) + ")");
        }
    }

    /**
     * Makes a key that never leaves the token. Its certificate, by itself, is there because Java finds no key without one.
     *
     * @throws Pkcs11Failed when the label is taken, and when the token makes no such key
     */
    public Key create(String label, Instant now) {
        if (!LABEL.matcher(label).matches()) {
            throw new Pkcs11Failed("a label of a key has 1 to 32 lower-case letters, digits and -");
        }
        try {
            if (store.containsAlias(label)) {
                throw new Pkcs11Failed("the token has a key " + label + " already: no key is replaced. Name another");
            }
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", provider);
            generator.initialize(new ECGenParameterSpec("secp256k1"));
            KeyPair pair = generator.generateKeyPair();
            store.setKeyEntry(label, pair.getPrivate(), null, new Certificate[] {certificate(label, pair, now)});
        } catch (GeneralSecurityException | IOException | OperatorCreationException | ProviderException e) {
            throw new Pkcs11Failed("the token made no key (" + innermost(e) + ")");
        }
        return find(label).orElseThrow(() -> new Pkcs11Failed("the token does not show the key that it made"));
    }

    private Certificate certificate(String label, KeyPair pair, Instant now)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, label).build();
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                name,
                new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
                Date.from(now),
                Date.from(now.plus(CERTIFICATE_DURATION)),
                name,
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
        ContentSigner signer = new JcaContentSignerBuilder("SHA256withECDSA")
                .setProvider(provider)
                .build(pair.getPrivate());
        return java.security.cert.CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(builder.build(signer).getEncoded()));
    }
}
