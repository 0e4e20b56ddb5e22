package bulwark.gateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.GatewayFixture;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.kernel.secrets.SecretBytes;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A token for the backend in place of the caller's own, with token endpoints that are good, broken and hostile. */
@Timeout(300)
class TokenExchangeTest {
    private static final String TYPE = "urn:ietf:params:oauth:token-type:access_token";
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path folder;

    private final List<String> forms = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile String body = "";
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private String url;
    private HttpServer server;
    private TokenExchangeFixture gateway;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/token", exchange -> {
            forms.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            GatewayFixture.answer(exchange, status, body.replace("#", Integer.toString(forms.size())));
            exchange.close();
        });
        server.start();
        gateway = new TokenExchangeFixture(folder);
        url = "http://127.0.0.1:" + server.getAddress().getPort() + "/token";
        gateway.exchange(url, "stoa", "s3cret", "crm & co");
        issues(300);
    }

    @AfterEach
    void stop() {
        gate.countDown();
        gateway.close();
        server.stop(0);
    }

    private void issues(long seconds) {
        body = "{\"access_token\":\"for-backend-#\",\"issued_token_type\":\"" + TYPE
                + "\",\"token_type\":\"Bearer\",\"expires_in\":" + seconds + "}";
    }

    private GatewayCall passed(String token, Duration left) throws Exception {
        GatewayCall call = gateway.call(token, gateway.clock.instant().plus(left));
        assertThat(gateway.decided(call)).isInstanceOf(StageResult.Pass.class);
        return call;
    }

    private GatewayRefusal refused(GatewayCall call) throws Exception {
        StageResult result = gateway.decided(call);
        assertThat(result).isInstanceOf(StageResult.Refuse.class);
        assertThat(call.backendFields()).isEmpty();
        return ((StageResult.Refuse) result).refusal();
    }

    @Test
    void the_backend_gets_a_token_of_its_audience_that_is_asked_for_once_for_each_caller() throws Exception {
        gate = new CountDownLatch(1);
        List<GatewayCall> calls = new ArrayList<>();
        List<StageResult> begun = new ArrayList<>();
        Instant expires = gateway.clock.instant().plus(HOUR);
        for (int i = 0; i < 20; i++) {
            calls.add(gateway.call("of.ann", expires));
            begun.add(gateway.begun(calls.get(i)));
        }
        gate.countDown();
        for (int i = 0; i < 20; i++) {
            assertThat(TokenExchangeFixture.settled(begun.get(i))).isInstanceOf(StageResult.Pass.class);
            assertThat(calls.get(i).backendFields()).containsExactly("Authorization", "Bearer for-backend-1");
        }
        assertThat(forms)
                .containsExactly("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange"
                        + "&requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token"
                        + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token"
                        + "&audience=crm+%26+co&subject_token=of.ann");
        assertThat(passed("of.bob", HOUR).backendFields()).contains("Bearer for-backend-2");
        assertThat(passed("of.ann", HOUR).backendFields()).contains("Bearer for-backend-1");
        gateway.clock.advance(Duration.ofSeconds(271));
        assertThat(passed("of.ann", HOUR).backendFields()).contains("Bearer for-backend-3");
    }

    @Test
    void an_exchanged_token_is_not_used_after_the_callers_own_has_expired() throws Exception {
        issues(86_400);
        passed("of.ann", Duration.ofSeconds(60));
        gateway.clock.advance(Duration.ofSeconds(59));
        passed("of.ann", Duration.ofSeconds(1));
        assertThat(forms).hasSize(1);
        gateway.clock.advance(Duration.ofSeconds(1));
        passed("of.ann", Duration.ofSeconds(1));
        assertThat(forms).hasSize(2);
    }

    @Test
    void the_least_used_tokens_are_forgotten_beyond_a_bound() throws Exception {
        ExchangedTokens tokens = gateway.tokens(url, 3);
        for (String subject : List.of("a", "b", "c", "a", "d", "a")) {
            tokens.get(SecretBytes.ofText(subject), Instant.MAX).get(1, TimeUnit.MINUTES);
        }
        assertThat(tokens.size()).isEqualTo(3);
        assertThat(forms).as("one for each of the four").hasSize(4);
        tokens.get(SecretBytes.ofText("b"), Instant.MAX).get(1, TimeUnit.MINUTES);
        assertThat(forms).hasSize(5);
    }

    @Test
    void a_caller_without_a_token_is_told_so() throws Exception {
        GatewayRefusal refusal = refused(gateway.callWithKey());
        assertThat(refusal.code()).isEqualTo("caller_token_required");
        assertThat(GatewayWireErrors.of(refusal).status()).isEqualTo(403);
        assertThat(forms).isEmpty();
    }

    @Test
    void an_audience_that_the_caller_does_not_get_is_403_and_not_asked_for_again_at_once() throws Exception {
        status = 400;
        Instant expires = gateway.clock.instant().plus(HOUR);
        for (String code : List.of("invalid_target", "access_denied", "invalid_request", "invalid_grant")) {
            body = "{\"error\":\"" + code + "\",\"error_description\":\"secret of.ann\"}";
            int before = forms.size();
            GatewayRefusal refusal = refused(gateway.call("of.ann", expires));
            assertThat(refusal.code()).isEqualTo("token_exchange_refused");
            assertThat(GatewayWireErrors.of(refusal).status()).isEqualTo(403);
            assertThat(GatewayWireErrors.of(refusal).body())
                    .doesNotContain("of.ann")
                    .doesNotContain("crm");
            refused(gateway.call("of.ann", expires));
            assertThat(forms).hasSize(before + 1);
            gateway.clock.advance(Duration.ofSeconds(11));
        }
    }

    @Test
    void what_is_the_gateways_own_fault_or_the_endpoints_is_503() throws Exception {
        Instant expires = gateway.clock.instant().plus(HOUR);
        String token = "\"access_token\":\"t\"";
        Map<String, Integer> answers = Map.ofEntries(
                Map.entry("{\"error\":\"invalid_client\"}", 401),
                Map.entry("{\"error\":\"unauthorized_client\"}", 400),
                Map.entry("{\"error\":\"unsupported_grant_type\"}", 400),
                Map.entry("{\"error\":7}", 400),
                Map.entry("{\"error\":\"" + "x".repeat(5_000) + "\"}", 400),
                Map.entry("<html>", 404),
                Map.entry("no", 500),
                Map.entry("[", 200),
                Map.entry("{}", 200),
                Map.entry("{" + token + "}", 200),
                Map.entry("{" + token + "," + token + "}", 200),
                Map.entry("{" + token + ",\"issued_token_type\":\"" + TYPE + "\",\"token_type\":\"N_A\"}", 200),
                Map.entry(
                        "{" + token
                                + ",\"issued_token_type\":\"urn:ietf:params:oauth:token-type:refresh_token\",\"token_type\":\"Bearer\"}",
                        200),
                Map.entry(
                        "{\"access_token\":\"a\\r\\nX-Evil: 1\",\"issued_token_type\":\"" + TYPE
                                + "\",\"token_type\":\"Bearer\"}",
                        200),
                Map.entry(
                        "{\"access_token\":\"" + "x".repeat(9_000) + "\",\"issued_token_type\":\"" + TYPE
                                + "\",\"token_type\":\"Bearer\"}",
                        200),
                Map.entry(
                        "{\"access_token\":\"of.ann\",\"issued_token_type\":\"" + TYPE
                                + "\",\"token_type\":\"Bearer\"}",
                        200),
                Map.entry("{\"access_token\":\"" + "x".repeat(100_000) + "\"}", 200),
                Map.entry("", 302));
        for (Map.Entry<String, Integer> answer : answers.entrySet()) {
            body = answer.getKey();
            status = answer.getValue();
            GatewayRefusal refusal = refused(gateway.call("of.ann", expires));
            assertThat(refusal.code()).as(answer.toString()).isEqualTo("backend_credential_unavailable");
            assertThat(GatewayWireErrors.of(refusal).status()).isEqualTo(503);
            gateway.clock.advance(Duration.ofSeconds(2));
        }
        status = 200;
        issues(300);
        passed("of.ann", HOUR);
    }

    @Test
    void an_endpoint_that_hangs_is_asked_for_few_tokens_at_once() throws Exception {
        gate = new CountDownLatch(1);
        Instant expires = gateway.clock.instant().plus(HOUR);
        List<StageResult> begun = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            begun.add(gateway.begun(gateway.call("of.caller-" + i, expires)));
        }
        assertThat(refused(gateway.call("of.one-more", expires)).code()).isEqualTo("backend_credential_unavailable");
        gate.countDown();
        for (StageResult each : begun) {
            assertThat(TokenExchangeFixture.settled(each)).isInstanceOf(StageResult.Pass.class);
        }
        passed("of.one-more", HOUR);
    }

    @Test
    void no_token_lies_in_the_state_folder() throws Exception {
        passed("of.ann", HOUR);
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("of.ann")
                        .doesNotContain("for-backend")
                        .doesNotContain("s3cret");
            }
        }
    }
}
