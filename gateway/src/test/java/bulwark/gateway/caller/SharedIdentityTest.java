package bulwark.gateway.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.GatewayFixture;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.possession.TestProof;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.keys.KeyRing;
import bulwark.kernel.signing.CompactJws;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.FolderImage;
import bulwark.testkit.RedisServer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Two gateways with the same keys of tokens, on one Redis. */
@Timeout(300)
class SharedIdentityTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path one;

    @TempDir
    private Path two;

    private final TestProof client = new TestProof();
    private RedisServer redis;
    private GatewayFixture first;
    private GatewayFixture second;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        Map<String, String> settings = Map.of("STOA_REDIS_URL", redis.url(), "STOA_DPOP__ENABLED", "true");
        GatewayFixture.start(one, settings, Clock.systemUTC()).close();
        FolderImage.copyTree(one, two);
        first = GatewayFixture.start(one, settings, Clock.systemUTC());
        second = GatewayFixture.start(two, settings, Clock.systemUTC());
        for (GatewayFixture gateway : List.of(first, second)) {
            gateway.route("own", "acme", "");
            await().atMost(SOON).until(() -> gateway.metrics().contains("stoa_shared_identity_reachable 1.0"));
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable opened : new AutoCloseable[] {second, first, redis}) {
            if (opened != null) {
                opened.close();
            }
        }
    }

    private static HttpResponse<String> call(GatewayFixture gateway, String token, String proof) throws Exception {
        return gateway.send(gateway.request("/apis/own/x")
                .header("Authorization", "DPoP " + token)
                .header("DPoP", proof));
    }

    private String proof(String token) {
        return client.proof("GET", "http://localhost:8080/apis/own/x", Instant.now(), token);
    }

    /** Of the gateways' own issuer, for the holder of the client's key (RFC 9449 §6.1). */
    private String boundToken() {
        Instant now = Instant.now();
        Map<String, Object> claims = Map.of(
                "iss",
                LocalTokenIssuer.ISSUER,
                "sub",
                "ann",
                "aud",
                "stoa-mcp-gateway",
                "tenant",
                "acme",
                "iat",
                now.getEpochSecond(),
                "exp",
                now.plusSeconds(300).getEpochSecond(),
                "realm_access",
                Map.of("roles", List.of("devops")),
                "cnf",
                Map.of("jkt", client.thumbprint()));
        Ed25519Signer signer = KeyRing.open(LocalTokenIssuer.ring(one), Signing.fastest(), Clock.systemUTC())
                .signer();
        return CompactJws.sign(Map.of("typ", "at+jwt", "kid", signer.keyId()), StrictJson.write(claims), signer);
    }

    @Test
    void a_proof_that_one_gateway_took_is_refused_by_the_other() throws Exception {
        String token = boundToken();
        AtomicReference<String> taken = new AtomicReference<>("");
        // A machine that is slow may miss the 50 ms, and then a proof is refused: that is the rule.
        await().atMost(SOON).until(() -> {
            taken.set(proof(token));
            return call(first, token, taken.get()).statusCode() == 200;
        });
        await().atMost(SOON).until(() -> {
            HttpResponse<String> replayed = call(second, token, taken.get());
            assertThat(replayed.statusCode()).isEqualTo(401);
            return replayed.body().contains("replay detected");
        });
        await().atMost(SOON).until(() -> call(second, token, proof(token)).statusCode() == 200);
    }

    @Test
    void a_revocation_holds_on_the_other_gateway_and_is_taken_back_there_too() throws Exception {
        assertThat(second.send(second.as("eve", "/apis/own/x")).statusCode()).isEqualTo(200);
        first.admin("POST", "/admin/revocations", "{\"sub\":\"eve\"}");
        await().atMost(SOON)
                .until(() -> second.send(second.as("eve", "/apis/own/x")).statusCode() == 401);
        assertThat(second.send(second.as("ann", "/apis/own/x")).statusCode()).isEqualTo(200);
        first.admin("DELETE", "/admin/revocations?sub=eve", "");
        await().atMost(SOON)
                .until(() -> second.send(second.as("eve", "/apis/own/x")).statusCode() == 200);
    }

    @Test
    void an_order_about_an_api_key_holds_on_a_gateway_whose_store_knows_nothing_of_it() throws Exception {
        String key = keyOfBothStores();
        first.admin("POST", "/admin/api-keys/s/suspend", "");
        await().atMost(SOON).until(() -> statusOnSecond(key) == 401);
        first.admin("POST", "/admin/api-keys/s/reactivate", "");
        await().atMost(SOON).until(() -> statusOnSecond(key) == 200);
        // The second rotation ends the first key, which was in its grace.
        first.admin("POST", "/admin/api-keys/s/rotate", "{\"grace_period_hours\":1}");
        assertThat(statusOnSecond(key)).as("in its grace").isEqualTo(200);
        first.admin("POST", "/admin/api-keys/s/rotate", "{\"grace_period_hours\":1}");
        await().atMost(SOON).until(() -> statusOnSecond(key) == 401);
    }

    @Test
    void a_revoked_api_key_is_refused_by_a_gateway_whose_store_still_has_it() throws Exception {
        String key = keyOfBothStores();
        first.admin("DELETE", "/admin/api-keys/s", "");
        await().atMost(SOON).until(() -> statusOnSecond(key) == 401);
    }

    /** Of the subscription {@code s}, and good on both gateways. */
    private String keyOfBothStores() throws Exception {
        HttpResponse<String> made = first.admin(
                "POST",
                "/admin/api-keys",
                "{\"subscription_id\":\"s\",\"subject\":\"app\",\"tenant_id\":\"acme\",\"roles\":[\"devops\"]}");
        String key = StrictJson.parse(made.body().getBytes(StandardCharsets.UTF_8))
                .path("api_key")
                .stringValue();
        restartWithCopies();
        assertThat(statusOnSecond(key)).isEqualTo(200);
        return key;
    }

    private int statusOnSecond(String key) throws Exception {
        return second.send(second.request("/apis/own/x").header("X-API-Key", key))
                .statusCode();
    }

    /** The second gateway with a copy of the first one's store. */
    private void restartWithCopies() throws Exception {
        first.close();
        second.close();
        try (Stream<Path> files = Files.walk(two)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                if (!file.equals(two)) {
                    Files.delete(file);
                }
            }
        }
        FolderImage.copyTree(one, two);
        Map<String, String> settings = Map.of("STOA_REDIS_URL", redis.url());
        first = GatewayFixture.start(one, settings, Clock.systemUTC());
        second = GatewayFixture.start(two, settings, Clock.systemUTC());
        second.route("own", "acme", "");
    }

    @Test
    void while_redis_is_silent_proofs_are_refused_at_once_and_known_orders_stay() throws Exception {
        first.admin("POST", "/admin/revocations", "{\"sub\":\"eve\"}");
        await().atMost(SOON)
                .until(() -> second.send(second.as("eve", "/apis/own/x")).statusCode() == 401);
        redis.freeze();
        String token = boundToken();
        HttpResponse<String> refused = call(second, token, proof(token));
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("Try again later, with a new proof");
        assertThat(second.send(second.as("eve", "/apis/own/x")).statusCode()).isEqualTo(401);
        await().atMost(SOON).until(() -> second.metrics().contains("stoa_shared_identity_reachable 0.0"));
        first.admin("POST", "/admin/revocations", "{\"sub\":\"mallory\"}");
        redis.resume();
        await().atMost(SOON).until(() -> call(second, token, proof(token)).statusCode() == 200);
        await().atMost(SOON)
                .until(() -> second.send(second.as("mallory", "/apis/own/x")).statusCode() == 401);
    }

    @Test
    void with_a_key_any_gateway_takes_an_order_back_and_what_others_write_into_redis_counts_for_nothing()
            throws Exception {
        first.close();
        second.close();
        Map<String, String> settings = Map.of(
                "STOA_REDIS_URL", redis.url(), "STOA_REDIS_ORDER_KEY", "a-key-of-the-tests-that-both-share-0123");
        first = GatewayFixture.start(one, settings, Clock.systemUTC());
        second = GatewayFixture.start(two, settings, Clock.systemUTC());
        first.route("own", "acme", "");
        second.route("own", "acme", "");
        first.admin("POST", "/admin/revocations", "{\"sub\":\"eve\"}");
        await().atMost(SOON)
                .until(() -> second.send(second.as("eve", "/apis/own/x")).statusCode() == 401);
        assertThat(second.admin("DELETE", "/admin/revocations?sub=eve", "").statusCode())
                .isEqualTo(204);
        await().atMost(SOON)
                .until(() -> first.send(first.as("eve", "/apis/own/x")).statusCode() == 200);
        assertThat(first.adminJson("/admin/revocations").toString()).doesNotContain("eve");
        try (Jedis writer = new Jedis("127.0.0.1", redis.port())) {
            long later = Clock.systemUTC().millis() + 600_000;
            writer.hset("stoa:{revocations}:orders", "sub\nann", Long.toString(later));
            writer.hset("stoa:{revocations}:orders", "sub\nbob", later + ":1:" + "A".repeat(43));
            writer.incr("stoa:{revocations}:version");
        }
        await().atMost(SOON).until(() -> !second.metrics().contains("stoa_shared_orders_refused_total 0.0"));
        assertThat(second.send(second.as("ann", "/apis/own/x")).statusCode()).isEqualTo(200);
        assertThat(second.send(second.as("bob", "/apis/own/x")).statusCode()).isEqualTo(200);
        first.close();
        first = GatewayFixture.start(one, settings, Clock.systemUTC());
        first.route("own", "acme", "");
        assertThat(first.send(first.as("eve", "/apis/own/x")).statusCode())
                .as("taken back over a restart")
                .isEqualTo(200);
    }
}
