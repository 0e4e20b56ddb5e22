package bulwark.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.quota.QuotaDecision.Admitted;
import bulwark.kernel.quota.QuotaDecision.Exhausted;
import bulwark.kernel.quota.QuotaPlan.OnStoreFailure;
import bulwark.kernel.time.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlanQuotasTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T18:00:00Z"));
    private final PlanQuotas quotas = new PlanQuotas(1000, clock);

    @Test
    void the_third_call_of_two_a_minute_waits_thirty_seconds() {
        QuotaPlan plan = QuotaPlan.basic("two", 2, 0);
        assertThat(admitted("a", plan).remaining()).isEqualTo(1);
        assertThat(admitted("a", plan).remaining()).isZero();
        Exhausted refused = refused("a", plan);
        assertThat(refused.period()).isEqualTo(QuotaPeriod.MINUTE);
        assertThat(refused.limit()).isEqualTo(2);
        assertThat(refused.retryAfterSeconds()).isEqualTo(30);
        clock.advance(Duration.ofSeconds(30));
        admitted("a", plan);
        refused("a", plan);
    }

    @Test
    void a_day_ends_at_midnight_utc_and_a_month_with_its_last_day() {
        QuotaPlan plan = plan(0, 0, 0, 1, 3);
        admitted("a", plan);
        Exhausted day = refused("a", plan);
        assertThat(day.period()).isEqualTo(QuotaPeriod.DAY);
        assertThat(day.used()).isEqualTo(1);
        assertThat(day.retryAfterSeconds()).isEqualTo(6 * 3600);
        assertThat(day.rateLimit().resetSeconds()).isEqualTo(epoch("2026-11-28T00:00:00Z"));
        clock.advance(Duration.ofHours(6));
        admitted("a", plan);
        clock.advance(Duration.ofDays(1));
        admitted("a", plan);
        clock.advance(Duration.ofDays(1));
        Exhausted month = refused("a", plan);
        assertThat(month.period()).isEqualTo(QuotaPeriod.MONTH);
        assertThat(month.rateLimit().resetSeconds()).isEqualTo(epoch("2026-12-01T00:00:00Z"));
        clock.advance(Duration.ofDays(1));
        admitted("a", plan);
    }

    @Test
    void a_limit_of_zero_is_none() {
        QuotaPlan plan = plan(0, 0, 0, 0, 0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(quotas.reserve("a", plan)).isEqualTo(new Admitted(null));
        }
    }

    @Test
    void a_refusal_by_one_limit_counts_in_none() {
        QuotaPlan plan = plan(1, 1, 100, 1000, 0);
        admitted("a", plan);
        for (int i = 0; i < 50; i++) {
            assertThat(refused("a", plan).period()).isEqualTo(QuotaPeriod.SECOND);
        }
        assertThat(quotas.usage("a").orElseThrow().dayCount()).isEqualTo(1);
        clock.advance(Duration.ofSeconds(1));
        QuotaStatus after = admitted("a", plan);
        assertThat(after).isEqualTo(new QuotaStatus(1, 0, epoch("2026-11-27T18:00:02Z")));
        assertThat(quotas.usage("a").orElseThrow().dayCount()).isEqualTo(2);
    }

    @Test
    void consumers_do_not_share() {
        QuotaPlan plan = QuotaPlan.basic("one", 1, 0);
        admitted("fed:a", plan);
        admitted("fed:b", plan);
        refused("fed:a", plan);
    }

    @Test
    void a_clock_that_is_set_back_gives_no_call_back() {
        QuotaPlan plan = plan(0, 0, 0, 1, 0);
        admitted("a", plan);
        clock.advance(Duration.ofDays(-3));
        refused("a", plan);
        clock.advance(Duration.ofDays(1));
        admitted("a", plan);
    }

    @Test
    void a_changed_plan_holds_at_once() {
        admitted("a", QuotaPlan.basic("small", 0, 1));
        refused("a", QuotaPlan.basic("small", 0, 1));
        assertThat(admitted("a", QuotaPlan.basic("large", 0, 5)).remaining()).isEqualTo(3);
    }

    @Test
    void a_hundred_parallel_calls_of_a_limit_of_ten_admit_exactly_ten() throws Exception {
        QuotaPlan plan = plan(10, 10, 10, 10, 10);
        for (int round = 0; round < 50; round++) {
            String consumer = "c" + round;
            AtomicInteger admitted = new AtomicInteger();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 100; i++) {
                    threads.submit(() -> {
                        if (quotas.reserve(consumer, plan) instanceof Admitted) {
                            admitted.incrementAndGet();
                        }
                    });
                }
            }
            assertThat(admitted).hasValue(10);
            assertThat(quotas.usage(consumer).orElseThrow().dayCount()).isEqualTo(10);
        }
    }

    @Test
    void no_stretch_of_time_admits_more_than_burst_and_refill() {
        Random random = new Random(4711);
        QuotaPlan plan = plan(7, 11, 100, 0, 0);
        long[] at = new long[20_000];
        int count = 0;
        long start = Gcra.nanos(clock.instant());
        for (int i = 0; i < 20_000; i++) {
            clock.advance(Duration.ofNanos(random.nextLong(100_000_000)));
            if (quotas.reserve("a", plan) instanceof Admitted) {
                at[count++] = Gcra.nanos(clock.instant()) - start;
            }
        }
        for (int from = 0; from < count; from++) {
            for (int to = from; to < Math.min(count, from + 200); to++) {
                double seconds = (at[to] - at[from]) / 1e9;
                assertThat(to - from + 1).isLessThanOrEqualTo((int) Math.floor(11 + 7 * seconds + 1e-6));
            }
        }
    }

    @Test
    void a_full_table_forgets_no_count_of_a_day_and_new_consumers_share_one() {
        PlanQuotas small = new PlanQuotas(10, clock);
        QuotaPlan plan = QuotaPlan.basic("day", 0, 1);
        for (int i = 0; i < 10; i++) {
            assertThat(small.reserve("c" + i, plan)).isInstanceOf(Admitted.class);
        }
        assertThat(small.reserve("late1", plan)).isInstanceOf(Admitted.class);
        assertThat(small.reserve("late2", plan)).as("shares with late1").isInstanceOf(Exhausted.class);
        for (int i = 0; i < 10; i++) {
            assertThat(small.reserve("c" + i, plan)).isInstanceOf(Exhausted.class);
        }
        assertThat(small.size()).isLessThanOrEqualTo(11);
        clock.advance(Duration.ofDays(1));
        for (int i = 0; i < 1_000; i++) {
            clock.advance(Duration.ofMillis(2));
            small.reserve("new" + i, QuotaPlan.basic("minute", 100_000, 0));
        }
        clock.advance(Duration.ofSeconds(2));
        assertThat(small.reserve("late3", plan))
                .as("yesterday's counts made room")
                .isInstanceOf(Admitted.class);
        assertThat(small.size()).isLessThanOrEqualTo(11);
    }

    @Test
    void a_consumer_that_is_forgotten_while_it_calls_loses_no_count() throws Exception {
        QuotaPlan plan = plan(1000, 1000, 0, 0, 0);
        PlanQuotas small = new PlanQuotas(2, clock);
        for (int round = 0; round < 20; round++) {
            clock.advance(Duration.ofSeconds(2));
            AtomicInteger admitted = new AtomicInteger();
            try (var threads = Executors.newFixedThreadPool(4)) {
                for (int t = 0; t < 4; t++) {
                    threads.submit(() -> {
                        for (int i = 0; i < 1_000; i++) {
                            admitted.addAndGet(small.reserve("a", plan) instanceof Admitted ? 1 : 0);
                            small.reserve("other" + i % 7, plan);
                        }
                    });
                }
            }
            assertThat(admitted.get()).isLessThanOrEqualTo(1000);
        }
    }

    @Test
    void a_reset_gives_everything_back() {
        QuotaPlan plan = plan(1, 1, 1, 1, 1);
        admitted("a", plan);
        refused("a", plan);
        assertThat(quotas.reset("a")).isTrue();
        admitted("a", plan);
        assertThat(quotas.reset("nobody")).isFalse();
    }

    @Test
    void a_share_of_a_plan_is_never_more_than_the_plan_in_sum() {
        QuotaPlan plan = plan(20, 0, 300, 50_000, 1_000_000);
        for (int gateways = 1; gateways <= 20; gateways++) {
            QuotaPlan share = plan.share(gateways);
            for (QuotaPeriod period : QuotaPeriod.values()) {
                assertThat(share.limit(period) * gateways).isLessThanOrEqualTo(plan.limit(period));
            }
        }
    }

    @Test
    void a_plan_says_which_field_is_wrong() {
        assertThatThrownBy(() -> plan(0, 5, 0, 0, 0)).hasMessageContaining("burst_limit");
        assertThatThrownBy(() -> plan(0, 0, -1, 0, 0)).hasMessageContaining("rate_limit_per_minute");
    }

    private static QuotaPlan plan(long second, long burst, long minute, long day, long month) {
        return new QuotaPlan("test", second, burst, minute, day, month, OnStoreFailure.REFUSE);
    }

    private QuotaStatus admitted(String consumer, QuotaPlan plan) {
        QuotaDecision decision = quotas.reserve(consumer, plan);
        assertThat(decision).isInstanceOf(Admitted.class);
        return java.util.Objects.requireNonNull(((Admitted) decision).rateLimit());
    }

    private Exhausted refused(String consumer, QuotaPlan plan) {
        QuotaDecision decision = quotas.reserve(consumer, plan);
        assertThat(decision).isInstanceOf(Exhausted.class);
        return (Exhausted) decision;
    }

    private static long epoch(String time) {
        return Instant.parse(time).getEpochSecond();
    }
}
