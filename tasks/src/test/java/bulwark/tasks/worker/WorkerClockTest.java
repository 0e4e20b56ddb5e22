package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.client.TaskCall;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens when, on a clock that is turned by hand. */
@Timeout(60)
class WorkerClockTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(START);
    private Fixture at;

    @BeforeEach
    void open() {
        at = new Fixture(new MemoryStores(clock), clock, folder);
    }

    @AfterEach
    void close() throws Exception {
        at.close();
    }

    private WorkerSettings settings() {
        // Turning the clock must not end a lease before it is renewed.
        return at.settings().withConcurrency(1).withLease(Duration.ofDays(1));
    }

    @Test
    void a_failing_task_waits_longer_each_time_and_never_starts_early() throws Exception {
        List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
        at.handler("broken", bulwark.tasks.handler.TaskOptions.DEFAULT.withMaxRetries(4), context -> {
            attempts.add(context.attempt());
            throw new IllegalStateException("broken");
        });
        at.start(settings());
        String id = at.enqueue("broken");

        for (int attempt = 0; attempt < 4; attempt++) {
            int done = attempt;
            Fixture.until(() -> retried(id, done));
            long delay = at.stores
                    .results()
                    .get(id)
                    .orElseThrow()
                    .meta()
                    .path("retryDelayMs")
                    .asLong();
            assertThat(delay).isBetween((2_000L << attempt) * 3 / 4, 2_000L << attempt);
            clock.advance(Duration.ofMillis(delay - 1));
            assertThat(at.stores.broker().counts("default").delayed()).isEqualTo(1);
            clock.advance(Duration.ofMillis(2));
        }

        assertThat(at.ended(id).state()).isEqualTo(TaskState.FAILED);
        assertThat(attempts).containsExactly(0, 1, 2, 3, 4);
        Fixture.until(() -> at.letters().size() == 1);
        assertThat(at.letters()).extracting(DeadLetter::reason).containsExactly("max-retries-exhausted");
    }

    private boolean retried(String id, int attempt) {
        TaskStatus status = at.stores.results().get(id).orElseThrow();
        return status.state() == TaskState.RETRIED && status.attempt() == attempt;
    }

    @Test
    void tasks_for_later_start_in_the_order_of_their_times() throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        at.handler("note", context -> order.add(context.args().path("n").asInt()));
        List<Integer> shuffled =
                new ArrayList<>(java.util.stream.IntStream.range(0, 30).boxed().toList());
        Collections.shuffle(shuffled, new java.util.Random(3));
        for (int n : shuffled) {
            at.client.enqueue(
                    TaskCall.named("note", Fixture.args().put("n", n)).withNotBefore(START.plusSeconds(60 + n)));
        }
        at.start(settings());

        assertThat(at.stores.broker().counts("default").delayed()).isEqualTo(30);
        assertThat(order).isEmpty();
        clock.advance(Duration.ofSeconds(75));
        Fixture.until(() -> order.size() == 16);
        clock.advance(Duration.ofSeconds(60));
        Fixture.until(() -> order.size() == 30);

        assertThat(order).isSorted();
    }
}
