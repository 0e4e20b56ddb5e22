package bulwark.kernel.signing;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.JoseRefused.Reason;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A public key in the form of RFC 7517: RSA of 2048 to 8192 bits, P-256, P-384 or Ed25519. Certificates and URLs beside the key ({@code x5c}, {@code x5u}) are not read. Ed25519 is
 * verified by {@link Signing}, the others by Nimbus on the native provider where that loads. Immutable, thread-safe.
 */
public final class JsonWebKey {
    private static final int MIN_RSA_BITS = 2_048;
    private static final int MAX_RSA_BITS = 8_192;
    private static final int MAX_EXPONENT_BITS = 33;
    private static final List<String> PUBLIC_MEMBERS = List.of("kty", "n", "e", "crv", "x", "y", "kid");
    private static final List<String> PRIVATE_MEMBERS = List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

    private final JWK key;
    private final JwsAlgorithm algorithm;
    private final Verifier verifier;
    private final String thumbprint;

    @FunctionalInterface
    private interface Verifier {
        boolean verify(JwsAlgorithm algorithm, byte[] input, byte[] signature) throws JOSEException;
    }

    private JsonWebKey(JWK key, JwsAlgorithm algorithm, Verifier verifier, String thumbprint) {
        this.key = key;
        this.algorithm = algorithm;
        this.verifier = verifier;
        this.thumbprint = thumbprint;
    }

    /**
     * @throws JoseRefused for a private or symmetric key ({@link Reason#PRIVATE_KEY}), one of another kind or size, one that is not on its curve, and one that is marked for another
     *     use than signatures
     */
    public static JsonWebKey parse(JsonNode jwk, Signing signing) {
        if (!jwk.isObject()) {
            throw refused("it is no JSON object");
        }
        if (PRIVATE_MEMBERS.stream().anyMatch(jwk::has)) {
            throw new JoseRefused(Reason.PRIVATE_KEY, "it holds private key material");
        }
        if (jwk.has("use") && !"sig".equals(jwk.path("use").stringValue(""))) {
            throw refused("it is not meant for signatures");
        }
        try {
            JWK key = JWK.parse(members(jwk));
            JwsAlgorithm algorithm = algorithm(key, jwk.path("alg").stringValue(null));
            return new JsonWebKey(
                    key,
                    algorithm,
                    verifier(key, signing),
                    key.computeThumbprint().toString());
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException e) {
            throw refused("it is not a usable public key");
        }
    }

    private static Map<String, Object> members(JsonNode jwk) {
        Map<String, Object> members = new HashMap<>();
        for (String name : PUBLIC_MEMBERS) {
            JsonNode value = jwk.get(name);
            if (value != null) {
                if (!value.isString()) {
                    throw refused("a member has the wrong type");
                }
                members.put(name, value.stringValue());
            }
        }
        return members;
    }

    /** A key has one algorithm: the one that it names, or the first of its family. */
    private static JwsAlgorithm algorithm(JWK key, @Nullable String named) {
        if (named != null) {
            return JwsAlgorithm.named(named)
                    .filter(algorithm -> fits(key, algorithm))
                    .orElseThrow(() -> refused("its algorithm does not fit it"));
        }
        for (JwsAlgorithm algorithm : JwsAlgorithm.values()) {
            if (fits(key, algorithm)) {
                return algorithm;
            }
        }
        throw refused("no allowed algorithm works with it");
    }

    private static boolean fits(JWK key, JwsAlgorithm algorithm) {
        return switch (algorithm.family()) {
            case RSA -> key instanceof RSAKey;
            case EC -> key instanceof ECKey ec && ec.getCurve().getName().equals(algorithm.curve());
            case OKP ->
                key instanceof OctetKeyPair pair && pair.getCurve().getName().equals(algorithm.curve());
        };
    }

    private static Verifier verifier(JWK key, Signing signing) throws JOSEException {
        return switch (key) {
            case RSAKey rsa -> jose(new RSASSAVerifier(sized(rsa.toRSAPublicKey())));
            case ECKey ec -> jose(new ECDSAVerifier(ec.toECPublicKey()));
            case OctetKeyPair pair -> {
                byte[] raw = Base64Url.exactly(
                                Ed25519Encoding.KEY_LENGTH, pair.getX().toString())
                        .orElseThrow(() -> refused("it has not 32 bytes"));
                Ed25519Verifier verifier = signing.verifier(raw);
                yield (algorithm, input, signature) -> verifier.verify(input, signature);
            }
            default -> throw refused("it is of another kind than RSA, EC and OKP");
        };
    }

    private static RSAPublicKey sized(RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_RSA_BITS
                || bits > MAX_RSA_BITS
                || key.getPublicExponent().bitLength() > MAX_EXPONENT_BITS
                || !key.getPublicExponent().testBit(0)
                || key.getPublicExponent().bitLength() < 2) {
            throw refused("its modulus or exponent has a size that is not allowed");
        }
        return key;
    }

    private static Verifier jose(JWSVerifier verifier) {
        Corretto.signatures().ifPresent(verifier.getJCAContext()::setProvider);
        return (algorithm, input, signature) -> verifier.verify(
                new JWSHeader(com.nimbusds.jose.JWSAlgorithm.parse(algorithm.wireName())),
                input,
                Base64URL.encode(signature));
    }

    /** Member {@code kid}; null when absent. */
    public @Nullable String id() {
        return key.getKeyID();
    }

    /** The one that it names, or else RS256, ES256, ES384 or EdDSA by its kind. */
    public JwsAlgorithm algorithm() {
        return algorithm;
    }

    /** SHA-256 of its required members (RFC 7638), base64url. */
    public String thumbprint() {
        return thumbprint;
    }

    /** False also when the algorithm does not work with such a key, and on a malformed signature; never throws for it. */
    public boolean verify(JwsAlgorithm with, byte[] input, byte[] signature) {
        if (!fits(key, with)) {
            return false;
        }
        try {
            return verifier.verify(with, input, signature);
        } catch (JOSEException e) {
            return false;
        }
    }

    /** The key by its thumbprint. */
    @Override
    public String toString() {
        return algorithm.wireName() + " key " + thumbprint;
    }

    private static JoseRefused refused(String phrase) {
        return new JoseRefused(Reason.KEY, phrase);
    }
}
