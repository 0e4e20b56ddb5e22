package bulwark.tasks.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.tasks.store.RateLimiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
public abstract class RateLimiterContract {
    private static final Duration HOUR = Duration.ofHours(1);

    private TestStores testStores;
    private RateLimiter rates;

    protected abstract TestStores openStores();

    @BeforeEach
    public final void open() {
        testStores = openStores();
        rates = testStores.stores().rates();
    }

    @AfterEach
    public final void close() {
        testStores.close();
    }

    @Test
    public void g01_a_burst_up_to_the_limit_passes_then_a_retry_delay_is_returned() {
        for (int i = 0; i < 3; i++) {
            assertThat(rates.acquire("k", 3, HOUR)).isEqualTo(new RateLimiter.Decision(true, Duration.ZERO));
        }
        RateLimiter.Decision refused = testStores.another().rates().acquire("k", 3, HOUR);
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter()).isBetween(Duration.ofMinutes(18), Duration.ofMinutes(20));
    }

    @Test
    public void g02_keys_are_limited_independently() {
        assertThat(rates.acquire("a", 1, HOUR).allowed()).isTrue();
        assertThat(rates.acquire("a", 1, HOUR).allowed()).isFalse();
        assertThat(rates.acquire("b", 1, HOUR).allowed()).isTrue();
    }

    @Test
    public void g03_one_more_passes_after_the_retry_delay() {
        Duration second = Duration.ofSeconds(1);
        assertThat(rates.acquire("k", 2, second).allowed()).isTrue();
        assertThat(rates.acquire("k", 2, second).allowed()).isTrue();
        RateLimiter.Decision refused = rates.acquire("k", 2, second);
        assertThat(refused.retryAfter()).isBetween(Duration.ofNanos(1), Duration.ofMillis(500));
        await().pollDelay(refused.retryAfter().plusMillis(5))
                .untilAsserted(() ->
                        assertThat(rates.acquire("k", 2, second).allowed()).isTrue());
    }

    @Test
    public void g04_many_at_once_get_no_more_than_the_limit() throws InterruptedException {
        RateLimiter other = testStores.another().rates();
        List<Boolean> allowed = new CopyOnWriteArrayList<>();
        List<Thread> threads = IntStream.range(0, 20)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    RateLimiter own = i % 2 == 0 ? rates : other;
                    allowed.add(own.acquire("k", 7, HOUR).allowed());
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(allowed).hasSize(20).filteredOn(each -> each).hasSize(7);
    }
}
