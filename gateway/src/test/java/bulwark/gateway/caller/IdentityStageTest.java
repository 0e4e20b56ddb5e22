package bulwark.gateway.caller;

import static bulwark.gateway.caller.CallFixture.decided;
import static bulwark.gateway.caller.CallFixture.get;
import static bulwark.gateway.caller.CallFixture.wire;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.apikey.ApplicationClients;
import bulwark.gateway.apikey.ConsumerCertificates;
import bulwark.gateway.apikey.ConsumerKeyCache;
import bulwark.gateway.apikey.ConsumerKeys;
import bulwark.gateway.apikey.TestStore;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.identity.FirstSightGate;
import bulwark.gateway.identity.LocalKeySource;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.identity.TokenAuthenticator;
import bulwark.gateway.identity.TokenRevocationList;
import bulwark.gateway.identity.TokenVerifier;
import bulwark.gateway.permission.Role;
import bulwark.gateway.possession.MemoryReplayStore;
import bulwark.gateway.possession.MtlsPolicy;
import bulwark.gateway.possession.PossessionMetrics;
import bulwark.gateway.possession.ProofPolicy;
import bulwark.gateway.possession.SenderConstraint;
import bulwark.gateway.possession.SenderPolicy;
import bulwark.gateway.refusal.WireError;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityStageTest {
    private static final String METADATA = "https://gw.example/.well-known/oauth-protected-resource";
    private static final String CHALLENGE = "Bearer resource_metadata=\"" + METADATA + "\"";
    private static final String INVALID = "Bearer error=\"invalid_token\", resource_metadata=\"" + METADATA + "\"";
    private static final Signing SIGNING = Signing.fastest();
    private static final int BUDGET = 20;

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T12:00:00Z"));
    private final List<MetricDescription> described = Stream.concat(
                    IdentityMetrics.DESCRIPTIONS.stream(), PossessionMetrics.DESCRIPTIONS.stream())
            .toList();
    private final Metrics metrics = new Metrics(described);
    private AuditedStore store;
    private ConsumerKeys keys;
    private IdentityStage stage;

    @BeforeEach
    void open() {
        store = TestStore.open(folder, clock);
        ConsumerKeyCache cache = new ConsumerKeyCache(store, clock);
        keys = new ConsumerKeys(store, cache, SIGNING, clock);
        FirstSightGate gate = new FirstSightGate(BUDGET, clock);
        LocalKeySource source = new LocalKeySource(LocalTokenIssuer.ring(folder), SIGNING, clock);
        TokenVerifier verifier = new TokenVerifier(LocalTokenIssuer.ISSUER, Set.of("account"), false, source, clock);
        TokenAuthenticator tokens = new TokenAuthenticator(verifier, new TokenRevocationList(clock), gate, clock);
        SenderConstraint sender = new SenderConstraint(
                MtlsPolicy.OFF,
                ProofPolicy.STANDARD,
                SenderPolicy.OFF,
                new MemoryReplayStore(100, clock),
                "https://gw.example",
                new PossessionMetrics(metrics),
                SIGNING,
                clock);
        stage = new IdentityStage(
                tokens,
                cache,
                new ConsumerCertificates(clock),
                new ApplicationClients(clock),
                gate,
                sender,
                new IdentityMetrics(metrics, tokens::size),
                METADATA);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private String token() {
        String token = LocalTokenIssuer.open(folder, SIGNING, clock)
                .issue("user-1", "acme", List.of(Role.DEVOPS, Role.VIEWER), Duration.ofMinutes(5), "account");
        clock.advance(Duration.ofSeconds(1));
        return token;
    }

    private double counted(String series) {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void without_credentials_the_answer_says_where_to_get_some() {
        WireError answer = wire(stage.decide(get("/apis/x")));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body())
                .isEqualTo("{\"error\":\"unauthorized\",\"message\":\"Missing Authorization header\"}");
        assertThat(answer.fields()).containsExactly("WWW-Authenticate", CHALLENGE);
        assertThat(counted("stoa_jwt_validation_failures_total{reason=\"missing\"}"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization: Basic dXNlcjpwdw==",
                "Authorization: Bearer",
                "Authorization: Bearer ",
                "Authorization: Bearer a b",
                "Authorization: Bearer a,b",
                "Authorization: Bearera",
                "Authorization: Bearer \u00e4",
                "Authorization:",
                "X-API-Key:",
                "Authorization: Bearer a\r\nAuthorization: Bearer a",
                "X-API-Key: a\r\nX-API-Key: a",
                "Authorization: Bearer a\r\nX-API-Key: a"
            })
    void what_is_not_one_credential_is_malformed(String lines) {
        WireError answer = wire(stage.decide(get("/apis/x", lines)));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).contains("\"Malformed Authorization header\"");
        assertThat(answer.fields()).containsExactly("WWW-Authenticate", CHALLENGE);
    }

    @Test
    void a_token_in_the_query_is_never_looked_at() {
        WireError answer = wire(stage.decide(get("/apis/x?access_token=" + token())));
        assertThat(answer.body()).contains("Missing Authorization header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER   "})
    void a_good_token_makes_the_principal_and_what_the_backend_hears_of_it(String scheme) {
        String token = token();
        GatewayCall call = get("/apis/x", "authorization: " + scheme + token);
        StageResult first = stage.decide(call);
        assertThat(first).isInstanceOf(StageResult.Later.class);
        assertThat(decided(first)).isInstanceOf(StageResult.Pass.class);
        assertThat(call.principal().entityUri()).isEqualTo("user-1");
        assertThat(call.backendFields()).startsWith("X-User-ID", "user-1", "X-Tenant-ID", "acme", "X-User-Roles");

        GatewayCall second = get("/apis/x", "Authorization: Bearer " + token);
        assertThat(stage.decide(second)).as("known: decided at once").isInstanceOf(StageResult.Pass.class);
        assertThat(second.principal()).isSameAs(call.principal());
        assertThat(counted("stoa_jwt_cached_tokens")).isEqualTo(1);
    }

    @Test
    void a_bad_token_is_answered_with_its_fault_and_a_challenge() {
        String token = token();
        String tampered = token.substring(0, token.lastIndexOf('.') + 1) + "A".repeat(86);
        WireError answer = wire(stage.decide(get("/apis/x", "Authorization: Bearer " + tampered)));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"error\":\"unauthorized\",\"message\":\"Invalid signature\"}");
        assertThat(answer.fields()).containsExactly("WWW-Authenticate", INVALID);
        assertThat(counted("stoa_jwt_validation_failures_total{reason=\"invalid_signature\"}"))
                .isEqualTo(1);
        assertThat(counted("stoa_jwt_validation_failures_total{reason=\"expired\"}"))
                .isZero();

        clock.advance(Duration.ofMinutes(10));
        WireError late = wire(stage.decide(get("/apis/x", "Authorization: Bearer " + token)));
        assertThat(late.body()).contains("\"Token expired\"");
    }

    @Test
    void without_any_key_set_the_answer_is_503_and_never_401() {
        WireError answer = wire(stage.decide(get(
                "/apis/x",
                "Authorization: Bearer "
                        + LocalTokenIssuer.open(folder.resolve("other"), SIGNING, clock)
                                .issue("u", "acme", List.of(Role.VIEWER), Duration.ofMinutes(5), "account"))));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.fields()).contains("Retry-After", "5");
        assertThat(counted("stoa_jwt_validation_failures_total{reason=\"keys_unavailable\"}"))
                .isEqualTo(1);
    }

    @Test
    void a_flood_of_new_credentials_is_answered_429_and_known_ones_pass() {
        String token = token();
        assertThat(decided(stage.decide(get("/apis/x", "Authorization: Bearer " + token))))
                .isInstanceOf(StageResult.Pass.class);
        for (int i = 1; i < BUDGET; i++) {
            String line = i % 2 == 0 ? "Authorization: Bearer a.b.c" + i : "X-API-Key: made-up-" + i;
            assertThat(wire(stage.decide(get("/apis/x", line))).status()).isEqualTo(401);
        }
        for (String line : List.of("Authorization: Bearer a.b.c", "X-API-Key: made-up")) {
            WireError answer = wire(stage.decide(get("/apis/x", line)));
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.fields()).containsExactly("Retry-After", "1");
        }
        assertThat(counted("stoa_first_sight_rejected_total{reason=\"too_many_new\"}"))
                .isEqualTo(2);
        assertThat(stage.decide(get("/apis/x", "Authorization: Bearer " + token)))
                .isInstanceOf(StageResult.Pass.class);
    }

    @Test
    void an_api_key_makes_the_principal_until_it_is_revoked() {
        String raw = keys.issue(
                        new ConsumerKeys.NewSubscription(
                                "s1", "consumer-1", "acme", List.of(Role.VIEWER), "api_key", null),
                        "admin")
                .key()
                .exposeText(SecretAccess.grant());
        GatewayCall call = get("/apis/x", "x-api-key: " + raw);
        assertThat(decided(stage.decide(call))).isInstanceOf(StageResult.Pass.class);
        assertThat(call.principal().entityUri()).isEqualTo("consumer-1");
        assertThat(stage.decide(get("/apis/x", "X-API-Key: " + raw))).isInstanceOf(StageResult.Pass.class);

        assertThat(decided(stage.recheck(call))).isInstanceOf(StageResult.Pass.class);
        keys.revoke("s1", "acme", "admin");
        assertThat(decided(stage.recheck(call))).isInstanceOf(StageResult.Refuse.class);
        WireError answer = wire(stage.decide(get("/apis/x", "X-API-Key: " + raw)));
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).isEqualTo("{\"error\":\"unauthorized\",\"message\":\"Invalid API key\"}");
        assertThat(counted("stoa_api_key_validation_failures_total{reason=\"revoked\"}"))
                .isEqualTo(2);
    }

    @Test
    void a_profile_that_asks_for_proofs_refuses_a_bare_key() {
        String raw = keys.issue(
                        new ConsumerKeys.NewSubscription(
                                "s1", "consumer-1", "acme", List.of(Role.VIEWER), "fapi_baseline", null),
                        "admin")
                .key()
                .exposeText(SecretAccess.grant());
        WireError answer = wire(stage.decide(get("/apis/x", "X-API-Key: " + raw)));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .isEqualTo("{\"error\":\"PROFILE_DPOP_REQUIRED\",\"detail\":\"the security profile asks for a proof of"
                        + " possession\",\"security_profile\":\"fapi_baseline\"}");
    }

    /** A budget of the whole call is 2 KiB: this leaves most of it to others. */
    @Test
    void a_known_token_is_decided_with_little_garbage() {
        String line = "Authorization: Bearer " + token();
        assertThat(decided(stage.decide(get("/apis/x", line)))).isInstanceOf(StageResult.Pass.class);
        int rounds = 2_000;
        GatewayCall[] calls = new GatewayCall[2 * rounds];
        Arrays.setAll(calls, i -> get("/apis/x", line, "Accept: */*", "User-Agent: test"));
        for (int i = 0; i < rounds; i++) {
            stage.decide(calls[i]);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = rounds; i < 2 * rounds; i++) {
            stage.decide(calls[i]);
        }
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / rounds).isLessThan(768);
    }
}
