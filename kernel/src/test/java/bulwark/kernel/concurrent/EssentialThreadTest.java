package bulwark.kernel.concurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EssentialThreadTest {
    @Test
    void work_that_throws_an_error_is_begun_again_and_health_says_so() throws InterruptedException {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        EssentialThread thread = EssentialThread.platform("settle", () -> {
                    if (begun.incrementAndGet() < 3) {
                        throw new StackOverflowError("made up");
                    }
                    awaitQuietly(end);
                })
                .start();

        await().atMost(Duration.ofSeconds(20)).until(() -> begun.get() == 3);

        assertThat(thread.problem()).contains("settle").contains("2 times").contains("StackOverflowError");
        assertThat(EssentialThread.problems()).contains(thread.problem());
        end.countDown();
        assertThat(thread.thread().join(Duration.ofSeconds(20))).isTrue();
        assertThat(EssentialThread.problems()).doesNotContain(String.valueOf(thread.problem()));
    }

    @Test
    void work_that_returns_ends_its_thread_without_a_problem() throws InterruptedException {
        EssentialThread thread = EssentialThread.virtual("short", () -> {}).start();

        assertThat(thread.thread().join(Duration.ofSeconds(20))).isTrue();
        assertThat(thread.problem()).isNull();
    }

    @Test
    void pauses_double_up_to_their_cap() {
        Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofMinutes(5));

        assertThat(backoff.pause(1)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.pause(4)).isEqualTo(Duration.ofSeconds(4));
        assertThat(backoff.pause(11)).isEqualTo(Duration.ofMinutes(5));
        assertThat(backoff.pause(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
