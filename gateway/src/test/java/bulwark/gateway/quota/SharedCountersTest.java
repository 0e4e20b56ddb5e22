package bulwark.gateway.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.redis.SharedRedis;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.QuotaDecision;
import bulwark.kernel.quota.QuotaDecision.Admitted;
import bulwark.kernel.quota.QuotaDecision.Exhausted;
import bulwark.kernel.quota.QuotaDecision.StoreUnavailable;
import bulwark.kernel.quota.QuotaPeriod;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaPlan.OnStoreFailure;
import bulwark.kernel.tls.ClientTls;
import bulwark.testkit.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two gateways, one real Redis. */
@Timeout(120)
class SharedCountersTest {
    private static RedisServer server;

    private final Metrics metrics = new Metrics(GatewayQuotas.METRICS);

    @BeforeAll
    static void startServer() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 1_000})
    void two_gateways_admit_exactly_the_limit_of_a_day(int limit) throws Exception {
        try (SharedCounters one = gateway();
                SharedCounters two = gateway()) {
            QuotaPlan plan = day("day" + limit, limit);
            assertThat(admitted(List.of(one, two), "exact-" + limit, plan, 2 * limit + 100))
                    .isEqualTo(limit);
            Exhausted refused = (Exhausted) decide(one, "exact-" + limit, plan);
            assertThat(refused.period()).isEqualTo(QuotaPeriod.DAY);
            assertThat(refused.used()).isEqualTo(limit);
        }
    }

    @Test
    void no_stretch_of_time_sees_more_calls_than_burst_and_refill() throws Exception {
        QuotaPlan plan = new QuotaPlan("rate", 200, 300, 0, 0, 0, OnStoreFailure.REFUSE);
        try (SharedCounters one = gateway();
                SharedCounters two = gateway()) {
            List<SharedCounters> both = List.of(one, two);
            List<Long> at = new ArrayList<>();
            long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            while (System.nanoTime() < end) {
                SharedCounters gateway = both.get(at.size() % 2);
                long before = System.nanoTime();
                if (decide(gateway, "rate", plan) instanceof Admitted) {
                    // The call is made no earlier than the decision was asked for.
                    at.add(before);
                }
            }
            assertThat(at).hasSizeGreaterThan(300);
            for (int from = 0; from < at.size(); from += 7) {
                for (int to = from; to < at.size(); to += 7) {
                    double seconds = (at.get(to) - at.get(from)) / 1e9;
                    assertThat(to - from + 1).isLessThanOrEqualTo((int) (300 + 200 * (seconds + 0.05)) + 1);
                }
            }
        }
    }

    @Test
    void most_calls_of_a_busy_consumer_need_no_word_with_the_store() throws Exception {
        QuotaPlan plan = new QuotaPlan("gold", 0, 0, 0, 10_000_000, 0, OnStoreFailure.REFUSE);
        try (SharedCounters one = gateway()) {
            int atOnce = 0;
            for (int i = 0; i < 20_000; i++) {
                QuotaDecision now = one.tryReserve("busy", plan);
                atOnce += now == null ? 0 : 1;
                assertThat(now == null ? wait(one, "busy", plan) : now).isInstanceOf(Admitted.class);
            }
            assertThat(atOnce).isGreaterThan(19_000);
        }
    }

    @Test
    void what_a_gateway_held_and_did_not_use_is_there_for_the_other() throws Exception {
        QuotaPlan plan = day("back", 2_000);
        try (SharedCounters one = gateway();
                SharedCounters two = gateway()) {
            assertThat(admitted(List.of(one), "back", plan, 1_000)).isEqualTo(1_000);
            await().atMost(Duration.ofSeconds(20)).until(() -> remaining(two, "back", plan) + 1_001 >= 1_900);
            int more = admitted(List.of(two), "back", plan, 1_500);
            assertThat(1_000 + more).isBetween(1_900, 2_000);
        }
    }

    @Test
    void a_silent_store_is_decided_in_time_and_each_plan_says_how() throws Exception {
        try (SharedCounters one = gateway(SharedCounters.ANSWER_TIMEOUT)) {
            decide(one, "warm", day("warm", 100));
            server.freeze();
            try {
                long began = System.nanoTime();
                QuotaDecision first = decide(one, "silent", plan("refuse", 10, OnStoreFailure.REFUSE));
                long took = (System.nanoTime() - began) / 1_000_000;
                assertThat(first).isInstanceOf(StoreUnavailable.class);
                // 50 ms where nothing else runs; a machine that is five times slower has five times as long.
                assertThat(took).isLessThan(250);
                assertThat(one.isDown()).isTrue();
                assertThat(one.tryReserve("a", plan("refuse", 10, OnStoreFailure.REFUSE)))
                        .isInstanceOf(StoreUnavailable.class);
                assertThat(one.tryReserve("a", plan("allow", 10, OnStoreFailure.ALLOW)))
                        .isInstanceOf(Admitted.class);
                QuotaPlan local = plan("local", 10, OnStoreFailure.LOCAL);
                int admitted = 0;
                for (int i = 0; i < 100; i++) {
                    admitted += one.tryReserve("l", local) instanceof Admitted ? 1 : 0;
                }
                assertThat(admitted).as("this gateway's share").isBetween(1, 10);
                assertThat(metrics.scrape())
                        .contains("stoa_quota_store_failures_total 1.0")
                        .contains("stoa_quota_without_store_total{policy=\"allow\"} 1.0");
            } finally {
                server.resume();
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> !one.isDown());
            assertThat(decide(one, "after", day("after", 5))).isInstanceOf(Admitted.class);
        }
    }

    @Test
    void what_was_admitted_without_the_store_counts_once_it_is_back() throws Exception {
        QuotaPlan plan = plan("local-day", 10, OnStoreFailure.LOCAL);
        try (SharedCounters one = gateway()) {
            decide(one, "outage", plan);
            server.stop();
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                decide(one, "other", plan);
                return one.isDown();
            });
            int admitted = 0;
            for (int i = 0; i < 100; i++) {
                admitted += one.tryReserve("outage", plan) instanceof Admitted ? 1 : 0;
            }
            assertThat(admitted).isPositive();
            server.startAgain();
            await().atMost(Duration.ofSeconds(30)).until(() -> !one.isDown());
            int after = admitted(List.of(one), "outage", plan, 100);
            assertThat(1 + admitted + after)
                    .as("the store forgot everything, and this gateway did not")
                    .isLessThanOrEqualTo(11);
        }
    }

    private static long remaining(SharedCounters gateway, String consumer, QuotaPlan plan) throws Exception {
        QuotaDecision decision = decide(gateway, consumer, plan);
        return decision instanceof Admitted admitted && admitted.rateLimit() != null
                ? admitted.rateLimit().remaining()
                : 0;
    }

    private static int admitted(List<SharedCounters> gateways, String consumer, QuotaPlan plan, int calls) {
        AtomicInteger admitted = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < calls; i++) {
                SharedCounters gateway = gateways.get(i % gateways.size());
                threads.submit(() -> {
                    if (decide(gateway, consumer, plan) instanceof Admitted) {
                        admitted.incrementAndGet();
                    }
                    return null;
                });
            }
        }
        return admitted.get();
    }

    private static QuotaDecision decide(SharedCounters gateway, String consumer, QuotaPlan plan) throws Exception {
        QuotaDecision now = gateway.tryReserve(consumer, plan);
        return now != null ? now : wait(gateway, consumer, plan);
    }

    private static QuotaDecision wait(SharedCounters gateway, String consumer, QuotaPlan plan) throws Exception {
        return gateway.reserve(consumer, plan).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    /** Patient, so that a slow machine does not make the store seem gone. */
    private SharedCounters gateway() {
        return gateway(Duration.ofSeconds(10));
    }

    private SharedCounters gateway(Duration answerTimeout) {
        SharedCounters counters = new SharedCounters(
                SharedRedis.of(server.url(), ClientTls.Files.NONE, Clock.systemUTC()),
                answerTimeout,
                metrics,
                Clock.systemUTC());
        await().atMost(Duration.ofSeconds(30)).until(() -> !counters.isDown());
        return counters;
    }

    private static QuotaPlan day(String name, long limit) {
        return plan(name, limit, OnStoreFailure.REFUSE);
    }

    private static QuotaPlan plan(String name, long limit, OnStoreFailure onFailure) {
        return new QuotaPlan(name, 0, 0, 0, limit, 0, onFailure);
    }
}
