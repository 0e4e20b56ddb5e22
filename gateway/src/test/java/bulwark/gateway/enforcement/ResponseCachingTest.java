package bulwark.gateway.enforcement;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.GatewayFixture;
import bulwark.kernel.time.SettableClock;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a policy of the type caching keeps and gives again, through a whole gateway. */
@Timeout(300)
class ResponseCachingTest {
    @TempDir
    private Path folder;

    private final SettableClock clock = new SettableClock(Instant.now());
    private final AtomicInteger calls = new AtomicInteger();
    private GatewayFixture gateway;

    @BeforeEach
    void start() throws Exception {
        gateway = GatewayFixture.start(folder, Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "0"), clock);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private void policy(String config) throws Exception {
        gateway.policy("kept", "caching", config, ",\"api_id\":\"own\"");
    }

    /** Each answer of the backend has the number of its call. */
    private void backend(String... fields) {
        gateway.backend(exchange -> {
            String etag = "\"v" + calls.incrementAndGet() + "\"";
            String[] all = java.util.Arrays.copyOf(fields, fields.length + 2);
            all[fields.length] = "ETag";
            all[fields.length + 1] = etag;
            GatewayFixture.answer(exchange, 200, "answer " + calls.get(), all);
        });
    }

    private HttpResponse<String> get(String subject, String... fields) throws Exception {
        HttpRequest.Builder request = gateway.as(subject, "/apis/own/x?a=1");
        for (int i = 0; i + 1 < fields.length; i += 2) {
            request.header(fields[i], fields[i + 1]);
        }
        return gateway.send(request);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return String.join(" | ", answer.headers().allValues(name));
    }

    @Test
    void an_answer_is_given_again_to_its_own_caller_with_its_age() throws Exception {
        policy("{}");
        backend("Cache-Control", "max-age=60", "Content-Type", "text/plain", "X-Extra", "1");
        HttpResponse<String> first = get("ann");
        clock.advance(Duration.ofSeconds(7));
        HttpResponse<String> second = get("ann");
        assertThat(second.body()).isEqualTo("answer 1");
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(header(second, "Content-Type")).isEqualTo("text/plain");
        assertThat(header(second, "X-Extra")).isEqualTo("1");
        assertThat(Long.parseLong(header(second, "Age"))).isBetween(6L, 8L);
        assertThat(header(second, "Date")).isEqualTo(header(first, "Date"));
        assertThat(header(second, "Cache-Status")).isEqualTo("stoa; hit");
        assertThat(header(second, "X-Frame-Options")).isEqualTo("DENY");
        assertThat(header(second, "X-Stoa-Trace-Id")).isNotEqualTo(header(first, "X-Stoa-Trace-Id"));
        assertThat(gateway.record(second).text("rule")).isEqualTo("policy kept");
        HttpResponse<String> head =
                gateway.send(gateway.as("ann", "/apis/own/x?a=1").method("HEAD", BodyPublishers.noBody()));
        assertThat(header(head, "ETag")).isEqualTo("\"v1\"");
        assertThat(header(head, "Content-Length")).isEqualTo("8");
        HttpResponse<String> unchanged = get("ann", "If-None-Match", "W/\"v1\"");
        assertThat(unchanged.statusCode()).isEqualTo(304);
        assertThat(unchanged.body()).isEmpty();
        assertThat(calls).hasValue(1);
        clock.advance(Duration.ofSeconds(60));
        assertThat(get("ann").body()).isEqualTo("answer 2");
    }

    @Test
    void one_caller_never_sees_what_another_ones_call_brought() throws Exception {
        policy("{}");
        backend("Cache-Control", "public, max-age=60");
        assertThat(get("ann").body()).isEqualTo("answer 1");
        assertThat(get("bob").body()).isEqualTo("answer 2");
        assertThat(get("ann").body()).isEqualTo("answer 1");
    }

    @Test
    void callers_share_answers_where_policy_and_backend_both_say_so() throws Exception {
        policy("{\"shared\":true}");
        backend("Cache-Control", "max-age=60");
        get("ann");
        assertThat(get("bob").body()).as("RFC 9111, 3.5").isEqualTo("answer 2");
        backend("Cache-Control", "public, max-age=60");
        get("ann");
        assertThat(get("bob").body()).isEqualTo("answer 3");
    }

    @Test
    void a_shadow_policy_neither_keeps_nor_answers_nor_forgets() throws Exception {
        policy("{}");
        gateway.policy(
                "wide", "caching", "{\"ttl\":\"1d\",\"shared\":true}", ",\"api_id\":\"own\",\"mode\":\"shadow\"");
        backend();
        assertThat(get("ann").body()).isEqualTo("answer 1");
        assertThat(get("ann").body()).isEqualTo("answer 2");
        assertThat(gateway.metrics())
                .contains(
                        "stoa_policy_decisions_total{mode=\"shadow\",outcome=\"look_up\",policy=\"wide\",type=\"caching\"} 2.0")
                .contains("stoa_response_cache_bytes 0.0");
    }

    @Test
    void where_nobody_is_known_nothing_is_kept_unless_shared() throws Exception {
        gateway.route("open", "acme", ",\"callers\":\"anybody\"");
        gateway.policy("all", "caching", "{\"ttl\":\"1m\"}", "");
        backend("Cache-Control", "public, max-age=60");
        HttpRequest.Builder alice = gateway.request("/apis/open/me").header("X-Auth-Token", "alice");
        assertThat(gateway.send(alice).body()).isEqualTo("answer 1");
        assertThat(gateway.send(gateway.request("/apis/open/me").header("X-Auth-Token", "bob"))
                        .body())
                .isEqualTo("answer 2");
        assertThat(gateway.send(gateway.request("/apis/open/me")).body()).isEqualTo("answer 3");
        HttpResponse<String> useless = gateway.admin(
                "POST",
                "/admin/policies",
                "{\"id\":\"own-only\",\"policy_type\":\"caching\",\"config\":{\"ttl\":\"1m\"},\"api_id\":\"open\"}");
        assertThat(useless.statusCode()).as(useless.body()).isEqualTo(400);
        assertThat(useless.body()).contains("own-only", "can never match", "shared");
        gateway.policy("all", "caching", "{\"ttl\":\"1m\",\"shared\":true}", "");
        assertThat(gateway.send(alice).body()).isEqualTo("answer 4");
        assertThat(gateway.send(gateway.request("/apis/open/me")).body()).isEqualTo("answer 4");
    }

    @Test
    void what_must_not_be_kept_is_not() throws Exception {
        policy("{\"ttl\":\"1m\",\"max_entry_bytes\":20}");
        String[][] cases = {
            {"Cache-Control", "no-store"},
            {"Cache-Control", "private, max-age=60"},
            {"Cache-Control", "no-cache"},
            {"Cache-Control", "max-age=0"},
            {"Cache-Control", "max-age=60", "Set-Cookie", "a=b"},
            {"Cache-Control", "max-age=60", "Vary", "*"},
            {"Expires", "0"},
            {"Cache-Control", "max-age=60", "Age", "61"}
        };
        for (String[] fields : cases) {
            backend(fields);
            String before = get("ann").body();
            assertThat(get("ann").body()).as(String.join(": ", fields)).isNotEqualTo(before);
        }
        gateway.backend(exchange -> GatewayFixture.answer(exchange, 200, "x".repeat(21) + calls.incrementAndGet()));
        assertThat(get("ann").body()).isNotEqualTo(get("ann").body());
        gateway.backend(exchange -> GatewayFixture.answer(exchange, 500, "no " + calls.incrementAndGet()));
        assertThat(get("ann").body()).isNotEqualTo(get("ann").body());
    }

    @Test
    void a_request_is_answered_by_what_fits_it() throws Exception {
        policy("{\"ttl\":\"1m\"}");
        backend("Vary", "Accept-Language");
        assertThat(get("ann", "Accept-Language", "de").body()).isEqualTo("answer 1");
        assertThat(get("ann", "Accept-Language", "fr").body()).isEqualTo("answer 2");
        assertThat(get("ann", "Accept-Language", "de").body()).isEqualTo("answer 1");
        assertThat(get("ann", "Accept-Language", "fr").body()).isEqualTo("answer 2");
        assertThat(get("ann", "Accept-Language", "de", "Cache-Control", "no-cache")
                        .body())
                .isEqualTo("answer 3");
        assertThat(get("ann", "Accept-Language", "de", "Cache-Control", "no-store")
                        .body())
                .isEqualTo("answer 4");
        assertThat(get("ann", "Accept-Language", "de").body()).isEqualTo("answer 3");
        assertThat(get("ann", "Accept-Language", "de", "Cookie", "s=1").body()).isEqualTo("answer 5");
        assertThat(get("ann", "Accept-Language", "xx", "Cache-Control", "only-if-cached")
                        .statusCode())
                .isEqualTo(504);
    }

    @Test
    void a_change_of_the_resource_ends_what_was_kept_of_it_for_every_caller() throws Exception {
        policy("{\"ttl\":\"1m\"}");
        backend();
        assertThat(get("ann").body()).isEqualTo("answer 1");
        assertThat(get("bob").body()).isEqualTo("answer 2");
        gateway.send(gateway.as("ann", "/apis/own/x?a=1").POST(BodyPublishers.ofString("new")));
        assertThat(get("ann").body()).isEqualTo("answer 4");
        assertThat(get("bob").body()).isEqualTo("answer 5");
    }

    @Test
    void a_caller_that_may_not_call_gets_no_kept_answer() throws Exception {
        policy("{\"ttl\":\"1m\"}");
        backend();
        get("ann");
        assertThat(gateway.send(gateway.request("/apis/own/x?a=1")).statusCode())
                .isEqualTo(401);
        gateway.policy("nobody", "ip_filter", "{\"deny\":[\"127.0.0.1\"]}", ",\"api_id\":\"own\"");
        assertThat(get("ann").statusCode()).isEqualTo(403);
    }

    @Test
    void changed_policies_never_meet_answers_from_before() throws Exception {
        policy("{\"ttl\":\"1m\"}");
        backend();
        assertThat(get("ann").body()).isEqualTo("answer 1");
        gateway.policy(
                "mark",
                "transform",
                "{\"request\":{\"set\":[{\"name\":\"X-Version\",\"value\":\"2\"}]}}",
                ",\"api_id\":\"own\"");
        assertThat(get("ann").body()).isEqualTo("answer 2");
    }
}
