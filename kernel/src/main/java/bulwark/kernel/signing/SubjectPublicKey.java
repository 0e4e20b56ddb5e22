package bulwark.kernel.signing;

import bulwark.kernel.secrets.KeyRefused;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A public key in the form of X.509 (SubjectPublicKeyInfo, RFC 5280 §4.1): ECDSA on P-256, P-384 or P-521 with SHA-256, or Ed25519.
 * Immutable, thread-safe.
 */
public final class SubjectPublicKey {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\\s]*)-----END PUBLIC KEY-----");

    /** Before the 32 raw bytes of an Ed25519 key (RFC 8410). */
    private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private final PublicKey key;
    private final String algorithm;
    private final byte[] encoded;

    private SubjectPublicKey(PublicKey key, String algorithm) {
        this.key = key;
        this.algorithm = algorithm;
        this.encoded = key.getEncoded();
    }

    /**
     * Every public key of a text in PEM form.
     *
     * @throws KeyRefused when there is none, or one is not of these kinds
     */
    public static List<SubjectPublicKey> parsePem(String text) {
        List<SubjectPublicKey> keys = new ArrayList<>();
        Matcher blocks = PEM.matcher(text);
        while (blocks.find()) {
            keys.add(parse(blocks.group(1)));
        }
        if (keys.isEmpty()) {
            throw new KeyRefused("there is no block -----BEGIN PUBLIC KEY----- in it");
        }
        return List.copyOf(keys);
    }

    private static SubjectPublicKey parse(String base64) {
        try {
            X509EncodedKeySpec der =
                    new X509EncodedKeySpec(Base64.getMimeDecoder().decode(base64));
            try {
                return new SubjectPublicKey(KeyFactory.getInstance("EC").generatePublic(der), "SHA256withECDSA");
            } catch (GeneralSecurityException otherKind) {
                return new SubjectPublicKey(KeyFactory.getInstance("Ed25519").generatePublic(der), "Ed25519");
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new KeyRefused("a public key in it is neither of ECDSA nor of Ed25519");
        }
    }

    /** An Ed25519 key in DER. @param raw 32 bytes */
    public static byte[] ed25519Der(byte[] raw) {
        byte[] der = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + raw.length);
        System.arraycopy(raw, 0, der, ED25519_PREFIX.length, raw.length);
        return der;
    }

    /** SHA-256 of the key in DER, lower-case hex. */
    public String fingerprint() {
        return Digests.sha256Hex(encoded);
    }

    /** False on malformed input of any kind; never throws for it. @param signature of ECDSA in DER, of Ed25519 64 bytes */
    public boolean verify(byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | IllegalArgumentException malformed) {
            return false;
        }
    }
}
