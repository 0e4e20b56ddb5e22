package bulwark.gateway.quota;

import static bulwark.gateway.call.TestCalls.answerField;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.TestCalls;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.refusal.GatewayWireErrors;
import bulwark.gateway.refusal.WireError;
import bulwark.kernel.access.Principal;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.time.SettableClock;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rows of the quotas' table of cases, each against the stage as the gateway makes it. */
@Timeout(60)
class QuotaStageTest {
    private static final Principal ALICE = TestCalls.token("alice", "acme", null);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T18:00:00Z"));
    private final Metrics metrics = new Metrics(GatewayQuotas.METRICS);

    @TempDir
    Path folder;

    @DisplayName("Q1: the third call of two a minute is refused")
    @Test
    void q1_the_third_call_of_two_a_minute_is_refused() {
        try (GatewayQuotas quotas = quotas(Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "2"))) {
            call(quotas, ALICE);
            call(quotas, ALICE);
            WireError error = refused(quotas, ALICE);
            assertThat(error.status()).isEqualTo(429);
            assertThat(error.contentType()).isEqualTo("application/json");
            assertThat(error.body())
                    .isEqualTo("{\"error\":\"quota_exceeded\",\"message\":\"Rate limit exceeded: per_minute limit of 2"
                            + " requests reached\",\"retry_after_secs\":30}");
            assertThat(error.fields()).containsExactly("Retry-After", "30");
            assertThat(metrics.scrape())
                    .contains("stoa_rate_limit_hits_total{tenant=\"" + metrics.principal("acme") + "\"} 1.0")
                    .doesNotContain("acme");
        }
    }

    @DisplayName("Q2: every answer to a known caller says what is left")
    @Test
    void q2_every_answer_to_a_known_caller_says_what_is_left() {
        try (GatewayQuotas quotas = quotas(Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "2"))) {
            GatewayCall first = call(quotas, ALICE);
            assertThat(answerField(first, "X-RateLimit-Limit")).isEqualTo("2");
            assertThat(answerField(first, "X-RateLimit-Remaining")).isEqualTo("1");
            assertThat(answerField(first, "X-RateLimit-Reset"))
                    .isEqualTo(Long.toString(clock.instant().getEpochSecond() + 30));
            call(quotas, ALICE);
            GatewayCall refused = TestCalls.get("/x");
            TestCalls.run(pipeline(quotas.stage(), ALICE), refused);
            assertThat(answerField(refused, "X-RateLimit-Remaining")).isEqualTo("0");
        }
    }

    @DisplayName("Q3: the second call of one a day is refused until midnight")
    @Test
    void q3_the_second_call_of_one_a_day_is_refused_until_midnight() {
        try (GatewayQuotas quotas = quotas(Map.of("STOA_QUOTA_DEFAULT_DAILY_LIMIT", "1"))) {
            call(quotas, ALICE);
            WireError error = refused(quotas, ALICE);
            assertThat(error.body()).contains("Daily quota exceeded: 1/1 requests used. Resets at midnight UTC.");
            assertThat(error.fields()).containsExactly("Retry-After", "21600");
            clock.advance(Duration.ofHours(6));
            call(quotas, ALICE);
        }
    }

    @DisplayName("Q4: a monthly limit of zero is none and another is refused until the month ends")
    @Test
    void q4_a_monthly_limit_of_zero_is_none_and_another_is_refused_until_the_month_ends() {
        try (GatewayQuotas quotas = quotas(Map.of())) {
            quotas.plans().put(new QuotaPlan("two", 0, 0, 0, 0, 2, QuotaPlan.OnStoreFailure.REFUSE));
            assertThat(quotas.plans().assign("sub:alice", "two")).isTrue();
            assertThat(quotas.plans().assign("sub:bob", "absent")).isFalse();
            call(quotas, ALICE);
            call(quotas, ALICE);
            assertThat(refused(quotas, ALICE).body())
                    .contains("Monthly quota exceeded: 2/2 requests used. Resets at month start.");
            for (int i = 0; i < 60; i++) {
                call(quotas, TestCalls.token("bob", "acme", null));
            }
        }
    }

    @DisplayName("Q5, Q6: consumers and sub accounts do not share")
    @Test
    void q5_q6_consumers_and_sub_accounts_do_not_share() {
        try (GatewayQuotas quotas = quotas(Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "1"))) {
            Principal key = new Principal("alice", "acme", java.util.Set.of(), "key-1");
            for (Principal each : List.of(
                    ALICE,
                    TestCalls.token("bob", "acme", null),
                    TestCalls.token("alice", "acme", "left"),
                    TestCalls.token("alice", "acme", "right"),
                    key)) {
                call(quotas, each);
                assertThat(refused(quotas, each).status()).isEqualTo(429);
            }
            assertThat(quotas.admin().consumer("fed:left")).isPresent();
            assertThat(quotas.admin().consumer("key:key-1")).isPresent();
        }
    }

    @DisplayName("Q7: a hundred parallel calls of a limit of ten admit exactly ten")
    @Test
    void q7_a_hundred_parallel_calls_of_a_limit_of_ten_admit_exactly_ten() {
        try (GatewayQuotas quotas = quotas(Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "10"))) {
            AtomicInteger admitted = new AtomicInteger();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 100; i++) {
                    threads.submit(() -> {
                        if (TestCalls.run(pipeline(quotas.stage(), ALICE), TestCalls.get("/x")) == null) {
                            admitted.incrementAndGet();
                        }
                    });
                }
            }
            assertThat(admitted).hasValue(10);
        }
    }

    @Test
    void q8_what_looks_like_a_preflight_is_counted_since_those_that_are_answered_here_never_come_this_far() {
        try (GatewayQuotas quotas = quotas(Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "60"))) {
            for (int i = 0; i < 61; i++) {
                GatewayCall preflight = TestCalls.call(
                        "OPTIONS",
                        "/x",
                        "192.0.2.7",
                        "Origin: https://a\r\n",
                        "Access-Control-Request-Method: GET\r\n");
                GatewayRefusal refusal = TestCalls.run(pipeline(quotas.stage(), null), preflight);
                assertThat(refusal == null ? 200 : GatewayWireErrors.of(refusal).status())
                        .isEqualTo(i < 60 ? 200 : 429);
                assertThat(answerField(preflight, "X-RateLimit-Remaining"))
                        .isEqualTo(Integer.toString(Math.max(0, 59 - i)));
            }
        }
    }

    @DisplayName("Q9: a reset takes the counts back to zero and unknown consumers are none")
    @Test
    void q9_a_reset_takes_the_counts_back_to_zero_and_unknown_consumers_are_none() {
        try (GatewayQuotas quotas = quotas(Map.of("STOA_QUOTA_DEFAULT_DAILY_LIMIT", "1"))) {
            call(quotas, ALICE);
            refused(quotas, ALICE);
            assertThat(quotas.admin().consumer("sub:alice").orElseThrow()).containsEntry("daily_used", 1L);
            assertThat(quotas.admin().list()).containsEntry("total", 1);
            assertThat(quotas.admin().reset("sub:alice")).isTrue();
            assertThat(quotas.admin().consumer("sub:alice").orElseThrow()).containsEntry("daily_used", 0L);
            call(quotas, ALICE);
            assertThat(quotas.admin().reset("sub:nobody")).isFalse();
            assertThat(quotas.admin().consumer("sub:nobody")).isEmpty();
        }
    }

    @DisplayName("Q11: the call after a tenants thousand is refused and costs its consumer nothing")
    @Test
    void q11_the_call_after_a_tenants_thousand_is_refused_and_costs_its_consumer_nothing() {
        try (GatewayQuotas quotas =
                quotas(Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "0", "STOA_QUOTA_DEFAULT_DAILY_LIMIT", "0"))) {
            for (int i = 0; i < 1_000; i++) {
                call(quotas, TestCalls.token("user" + i % 7, "acme", null));
            }
            WireError error = refused(quotas, ALICE);
            assertThat(error.body()).contains("per_minute limit of 1000 requests reached");
            assertThat(quotas.admin().consumer("sub:alice")).isEmpty();
            call(quotas, TestCalls.token("alice", "globex", null));
        }
    }

    @Test
    void a_call_that_its_plan_refuses_costs_its_tenant_nothing() {
        try (GatewayQuotas quotas =
                quotas(Map.of("STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "1", "STOA_RATE_LIMIT_DEFAULT", "3"))) {
            call(quotas, ALICE);
            for (int i = 0; i < 10; i++) {
                refused(quotas, ALICE);
            }
            call(quotas, TestCalls.token("bob", "acme", null));
            call(quotas, TestCalls.token("carol", "acme", null));
            assertThat(refused(quotas, TestCalls.token("dave", "acme", null)).body())
                    .contains("per_minute limit of 3");
        }
    }

    @Test
    void callers_that_nobody_knows_are_counted_by_address_and_an_ipv6_network_as_one() {
        assertThat(QuotaConsumer.of(
                        null, TestCalls.call("GET", "/", "192.0.2.7").peer()))
                .isEqualTo("ip:192.0.2.7");
        assertThat(QuotaConsumer.of(
                        null, TestCalls.call("GET", "/", "2001:db8:0:1::7").peer()))
                .isEqualTo(QuotaConsumer.of(
                        null, TestCalls.call("GET", "/", "2001:db8:0:1:ffff::8").peer()))
                .isNotEqualTo(QuotaConsumer.of(
                        null, TestCalls.call("GET", "/", "2001:db8:0:2::7").peer()));
    }

    @Test
    void counts_survive_a_restart() {
        Map<String, String> settings = Map.of("STOA_QUOTA_DEFAULT_DAILY_LIMIT", "1");
        try (GatewayQuotas quotas = quotas(settings)) {
            call(quotas, ALICE);
        }
        try (GatewayQuotas quotas = quotas(settings)) {
            refused(quotas, ALICE);
        }
    }

    @Test
    void enforcement_can_be_switched_off() {
        try (GatewayQuotas quotas =
                quotas(Map.of("STOA_QUOTA_ENFORCEMENT_ENABLED", "false", "STOA_QUOTA_DEFAULT_RATE_PER_MINUTE", "1"))) {
            for (int i = 0; i < 5; i++) {
                call(quotas, ALICE);
            }
        }
    }

    private GatewayQuotas quotas(Map<String, String> settings) {
        Configuration configuration = Configuration.read(bulwark.gateway.GatewaySettings.schema(), settings, folder);
        return GatewayQuotas.open(configuration, folder, null, metrics, clock);
    }

    private static CallPipeline pipeline(RequestStage stage, @Nullable Principal principal) {
        return CallPipeline.closed().withIdentity(TestCalls.identity(principal)).withQuota(stage);
    }

    private static GatewayCall call(GatewayQuotas quotas, Principal principal) {
        GatewayCall call = TestCalls.get("/x");
        assertThat(TestCalls.run(pipeline(quotas.stage(), principal), call)).isNull();
        return call;
    }

    private static WireError refused(GatewayQuotas quotas, Principal principal) {
        GatewayRefusal refusal = TestCalls.run(pipeline(quotas.stage(), principal), TestCalls.get("/x"));
        return GatewayWireErrors.of(Objects.requireNonNull(refusal));
    }
}
