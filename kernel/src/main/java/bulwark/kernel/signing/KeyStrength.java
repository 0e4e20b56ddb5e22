package bulwark.kernel.signing;

import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;

/** How strong a public key must be that somebody else made. Stateless. */
public final class KeyStrength {
    /** For a sentence whose subject is what holds the key. */
    public static final String TOO_WEAK =
            "holds a key that is too weak; use Ed25519, EC of 256 bits or RSA of 2048 or more";

    private static final int MIN_RSA_BITS = 2048;
    private static final int MIN_EC_BITS = 256;

    private KeyStrength() {}

    /** Whether it is Ed25519, Ed448, EC with at least 256 bits, or RSA with at least 2048. */
    public static boolean isSufficient(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> rsa.getModulus().bitLength() >= MIN_RSA_BITS;
            case ECPublicKey ec -> ec.getParams().getOrder().bitLength() >= MIN_EC_BITS;
            case EdECPublicKey _ -> true;
            default -> false;
        };
    }
}
