package bulwark.bench.gateway;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Issues ES256 tokens of one subject and serves their key as Keycloak does, on loopback. */
final class BenchIssuer implements AutoCloseable {
    static final String REALM = "bench";
    static final String TENANT = "bench";
    private static final String AUDIENCE = "stoa-mcp-gateway";
    private static final int LIFETIME_SECONDS = 7_200;

    private final KeyPair pair;
    private final HttpServer server;

    BenchIssuer() throws IOException, GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        pair = generator.generateKeyPair();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        byte[] keys = StrictJson.write(Map.of("keys", List.of(key())));
        server.createContext("/realms/" + REALM + "/protocol/openid-connect/certs", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, keys.length);
            exchange.getResponseBody().write(keys);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Map<String, Object> key() {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        return Map.of(
                "kty", "EC",
                "crv", "P-256",
                "kid", "bench",
                "alg", "ES256",
                "x", number(key.getW().getAffineX()),
                "y", number(key.getW().getAffineY()));
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] exact = new byte[32];
        int copied = Math.min(exact.length, bytes.length);
        System.arraycopy(bytes, bytes.length - copied, exact, exact.length - copied, copied);
        return Base64Url.text(exact);
    }

    String publicKeyPem() {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** @param id makes it another token of the same subject */
    String token(int id) throws GeneralSecurityException {
        long now = Instant.now().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", url() + "/realms/" + REALM);
        claims.put("aud", AUDIENCE);
        claims.put("sub", "load");
        claims.put("azp", "bench");
        claims.put("jti", "token-" + id);
        claims.put("typ", "Bearer");
        claims.put("tenant", TENANT);
        claims.put("iat", now);
        claims.put("exp", now + LIFETIME_SECONDS);
        claims.put("realm_access", Map.of("roles", List.of("devops")));
        String input =
                part(StrictJson.text(Map.of("alg", "ES256", "kid", "bench"))) + "." + part(StrictJson.text(claims));
        Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(pair.getPrivate());
        signature.update(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64Url.text(signature.sign());
    }

    private static String part(String json) {
        return Base64Url.text(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
