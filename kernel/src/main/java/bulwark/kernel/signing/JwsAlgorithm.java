package bulwark.kernel.signing;

import java.util.Arrays;
import java.util.Optional;

/** Signature algorithms of JOSE (RFC 7518 §3.1, RFC 8037) that are verified here. What is not listed, such as {@code none} and every HMAC, does not exist. */
public enum JwsAlgorithm {
    RS256(Family.RSA, ""),
    RS384(Family.RSA, ""),
    RS512(Family.RSA, ""),
    PS256(Family.RSA, ""),
    PS384(Family.RSA, ""),
    PS512(Family.RSA, ""),
    ES256(Family.EC, "P-256"),
    ES384(Family.EC, "P-384"),
    /** Ed25519 only; {@code Ed25519} is its name in RFC 9864. */
    EDDSA(Family.OKP, "Ed25519");

    /** Member {@code kty} of a key. */
    enum Family {
        RSA,
        EC,
        OKP
    }

    private final Family family;
    private final String curve;

    JwsAlgorithm(Family family, String curve) {
        this.family = family;
        this.curve = curve;
    }

    /** @param name as {@code alg} has it; case counts */
    public static Optional<JwsAlgorithm> named(String name) {
        String wanted = name.equals("EdDSA") || name.equals("Ed25519") ? "EDDSA" : name.equals("EDDSA") ? "" : name;
        return Arrays.stream(values())
                .filter(known -> known.name().equals(wanted))
                .findFirst();
    }

    /** As {@code alg} has it. */
    public String wireName() {
        return this == EDDSA ? "EdDSA" : name();
    }

    Family family() {
        return family;
    }

    /** Member {@code crv} of the keys that it works with; empty for RSA. */
    String curve() {
        return curve;
    }
}
