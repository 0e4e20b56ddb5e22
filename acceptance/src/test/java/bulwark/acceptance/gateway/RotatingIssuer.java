package bulwark.acceptance.gateway;

import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer of tokens that publishes its key set where Keycloak does, and replaces its key while it runs. It shares no code with what verifies its tokens. Thread-safe. */
final class RotatingIssuer implements AutoCloseable {
    static final String REALM = "stoa";
    private static final String PATH = "/realms/" + REALM;
    private static final int RAW_KEY_BYTES = 32;

    private final HttpServer server;
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile List<Key> keys = List.of();

    private record Key(String id, KeyPair pair) {
        Map<String, Object> published() {
            byte[] encoded = pair.getPublic().getEncoded();
            byte[] raw = Arrays.copyOfRange(encoded, encoded.length - RAW_KEY_BYTES, encoded.length);
            return Map.of(
                    "kty", "OKP", "crv", "Ed25519", "alg", "EdDSA", "use", "sig", "kid", id, "x", Base64Url.text(raw));
        }
    }

    RotatingIssuer() throws IOException {
        rotate();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(PATH + "/protocol/openid-connect/certs", exchange -> {
            fetches.incrementAndGet();
            byte[] body = StrictJson.write(
                    Map.of("keys", keys.stream().map(Key::published).toList()));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    int fetches() {
        return fetches.get();
    }

    /** A new key signs from now on; the one before stays published, older ones go. */
    void rotate() {
        try {
            List<Key> next = new ArrayList<>();
            next.add(new Key(
                    "key-" + System.nanoTime(),
                    KeyPairGenerator.getInstance("Ed25519").generateKeyPair()));
            keys.stream().limit(1).forEach(next::add);
            keys = List.copyOf(next);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of a devops of the tenant acme, signed by the newest key. */
    String token(String subject) {
        Key key = keys.getFirst();
        long now = Instant.now().getEpochSecond();
        String claims = StrictJson.text(Map.of(
                "iss",
                url() + PATH,
                "aud",
                "stoa-mcp-gateway",
                "sub",
                subject,
                "azp",
                "portal",
                "typ",
                "Bearer",
                "tenant",
                "acme",
                "iat",
                now,
                "exp",
                now + 600,
                "realm_access",
                Map.of("roles", List.of("devops"))));
        String input = part("{\"alg\":\"EdDSA\",\"typ\":\"JWT\",\"kid\":\"" + key.id() + "\"}") + "." + part(claims);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key.pair().getPrivate());
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return input + "." + Base64Url.text(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String part(String json) {
        return Base64Url.text(json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
