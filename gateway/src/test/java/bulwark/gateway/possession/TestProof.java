package bulwark.gateway.possession;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Digests;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** A client's key, and proofs by it, made with the plain JDK as RFC 9449 §4.2 has them. */
public final class TestProof {
    private final KeyPair pair;

    public TestProof() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            pair = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    Map<String, Object> jwk() {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        Map<String, Object> jwk = new LinkedHashMap<>();
        jwk.put("crv", "P-256");
        jwk.put("kty", "EC");
        jwk.put("x", coordinate(key.getW().getAffineX()));
        jwk.put("y", coordinate(key.getW().getAffineY()));
        return jwk;
    }

    /** RFC 7638: the members above, in this order. */
    public String thumbprint() {
        return Base64Url.text(Digests.sha256(StrictJson.write(jwk())));
    }

    private static String coordinate(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] exact = new byte[32];
        int copied = Math.min(32, bytes.length);
        System.arraycopy(bytes, bytes.length - copied, exact, 32 - copied, copied);
        return Base64Url.text(exact);
    }

    public String proof(String method, String url, Instant now, String token) {
        return proof(method, url, now, token, header -> {}, claims -> {});
    }

    String proof(
            String method,
            String url,
            Instant now,
            String token,
            Consumer<Map<String, Object>> headerChange,
            Consumer<Map<String, Object>> claimChange) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("typ", "dpop+jwt");
        header.put("alg", "ES256");
        header.put("jwk", jwk());
        headerChange.accept(header);
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("jti", UUID.randomUUID().toString());
        claims.put("htm", method);
        claims.put("htu", url);
        claims.put("iat", now.getEpochSecond());
        claims.put("ath", Base64Url.text(Digests.sha256(token.getBytes(StandardCharsets.US_ASCII))));
        claimChange.accept(claims);
        String input = Base64Url.text(StrictJson.write(header)) + "." + Base64Url.text(StrictJson.write(claims));
        return input + "." + Base64Url.text(signature(input));
    }

    private byte[] signature(String input) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
            signature.initSign(pair.getPrivate());
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
