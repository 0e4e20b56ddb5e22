package bulwark.gateway.identity;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An issuer of tokens that signs whatever it is given, with the plain JDK: it shares no code with what verifies them. */
final class TestIssuer {
    static final String ISSUER = "https://id.example/realms/stoa";
    static final String AUDIENCE = "stoa-mcp-gateway";

    private static final KeyPair RSA = pair("RSA", 2048, null);
    private static final KeyPair EC = pair("EC", 0, "secp256r1");
    private static final KeyPair OTHER_RSA = pair("RSA", 2048, null);

    private TestIssuer() {}

    /** RS256 as {@code rs}, PS256 as {@code ps} and ES256 as {@code es}. */
    static byte[] keySet() {
        return StrictJson.write(Map.of("keys", List.of(rsa("rs", "RS256"), rsa("ps", "PS256"), ec("es"))));
    }

    /** Only the key {@code es}. */
    static byte[] keySetWithoutRsa() {
        return StrictJson.write(Map.of("keys", List.of(ec("es"))));
    }

    static Map<String, Object> rsa(String kid, String algorithm) {
        RSAPublicKey key = (RSAPublicKey) RSA.getPublic();
        return Map.of(
                "kty",
                "RSA",
                "kid",
                kid,
                "use",
                "sig",
                "alg",
                algorithm,
                "n",
                number(key.getModulus(), 0),
                "e",
                "AQAB");
    }

    private static Map<String, Object> ec(String kid) {
        ECPublicKey key = (ECPublicKey) EC.getPublic();
        String x = number(key.getW().getAffineX(), 32);
        return Map.of(
                "kty",
                "EC",
                "crv",
                "P-256",
                "kid",
                kid,
                "x",
                x,
                "y",
                number(key.getW().getAffineY(), 32));
    }

    static byte[] rsaPublicKey() {
        return RSA.getPublic().getEncoded();
    }

    static String number(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        int size = length > 0 ? length : bytes[0] == 0 ? bytes.length - 1 : bytes.length;
        byte[] exact = new byte[size];
        int copied = Math.min(size, bytes.length);
        System.arraycopy(bytes, bytes.length - copied, exact, size - copied, copied);
        return Base64Url.text(exact);
    }

    /** Of a devops of the tenant acme, good for five minutes. */
    static Map<String, Object> claims(Instant now) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", ISSUER);
        claims.put("aud", AUDIENCE);
        claims.put("sub", "user-1");
        claims.put("azp", "portal");
        claims.put("jti", "token-1");
        claims.put("typ", "Bearer");
        claims.put("tenant", "acme");
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.getEpochSecond() + 300);
        claims.put("realm_access", Map.of("roles", List.of("devops", "offline_access")));
        return claims;
    }

    static String rs256(Map<String, Object> claims) {
        return signed(Map.of("alg", "RS256", "kid", "rs", "typ", "JWT"), claims);
    }

    /** Signed as {@code alg} says, by the key that belongs to it. */
    static String signed(Map<String, Object> header, Map<String, Object> claims) {
        return signed(StrictJson.text(header), StrictJson.text(claims), String.valueOf(header.get("alg")));
    }

    static String signed(String header, String claims, String algorithm) {
        String input = part(header) + "." + part(claims);
        return input + "." + Base64Url.text(signature(algorithm, input, RSA));
    }

    static String signedByAnotherKey(Map<String, Object> claims) {
        String input = part("{\"alg\":\"RS256\",\"kid\":\"rs\"}") + "." + part(StrictJson.text(claims));
        return input + "." + Base64Url.text(signature("RS256", input, OTHER_RSA));
    }

    static String part(String json) {
        return Base64Url.text(json.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] signature(String algorithm, String input, KeyPair rsa) {
        try {
            Signature signature = switch (algorithm) {
                case "PS256" -> Signature.getInstance("RSASSA-PSS");
                case "ES256" -> Signature.getInstance("SHA256withECDSAinP1363Format");
                case "RS512" -> Signature.getInstance("SHA512withRSA");
                default -> Signature.getInstance("SHA256withRSA");
            };
            if (algorithm.equals("PS256")) {
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            signature.initSign(algorithm.equals("ES256") ? EC.getPrivate() : rsa.getPrivate());
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair pair(String kind, int bits, @org.jspecify.annotations.Nullable String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            if (curve == null) {
                generator.initialize(bits);
            } else {
                generator.initialize(new ECGenParameterSpec(curve));
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
