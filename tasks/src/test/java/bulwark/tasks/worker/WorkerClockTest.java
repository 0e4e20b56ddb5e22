package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.execution.WorkerSettings;
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
    private WorkerFixture fixture;

    @BeforeEach
    void open() {
        fixture = new WorkerFixture(new MemoryStores(clock), clock, folder);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private WorkerSettings settings() {
        // Turning the clock must not end a lease before it is renewed.
        return fixture.settings().withConcurrency(1).withLease(Duration.ofDays(1));
    }

    @Test
    void retries_back_off_and_never_start_early() throws Exception {
        List<Integer> attempts = Collections.synchronizedList(new ArrayList<>());
        fixture.handler("broken", bulwark.tasks.handler.TaskOptions.DEFAULT.withMaxRetries(4), context -> {
            attempts.add(context.attempt());
            throw new IllegalStateException("broken");
        });
        fixture.start(settings());
        String id = fixture.enqueue("broken");

        for (int attempt = 0; attempt < 4; attempt++) {
            int done = attempt;
            WorkerFixture.until(() -> retried(id, done));
            long delay = fixture.stores
                    .results()
                    .get(id)
                    .orElseThrow()
                    .meta()
                    .path("retryDelayMs")
                    .asLong();
            assertThat(delay).isBetween((2_000L << attempt) * 3 / 4, 2_000L << attempt);
            clock.advance(Duration.ofMillis(delay - 1));
            assertThat(fixture.stores.broker().counts("default").delayed()).isEqualTo(1);
            clock.advance(Duration.ofMillis(2));
        }

        assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.FAILED);
        assertThat(attempts).containsExactly(0, 1, 2, 3, 4);
        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters()).extracting(DeadLetter::reason).containsExactly("max-retries-exhausted");
    }

    private boolean retried(String id, int attempt) {
        TaskStatus status = fixture.stores.results().get(id).orElseThrow();
        return status.state() == TaskState.RETRIED && status.attempt() == attempt;
    }

    @Test
    void tasks_for_later_start_in_the_order_of_their_times() throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        fixture.handler("note", context -> order.add(context.args().path("n").asInt()));
        List<Integer> shuffled =
                new ArrayList<>(java.util.stream.IntStream.range(0, 30).boxed().toList());
        Collections.shuffle(shuffled, new java.util.Random(3));
        for (int n : shuffled) {
            fixture.client.enqueue(
                    EnqueueRequest.named("note", WorkerFixture.args().put("n", n))
                            .withNotBefore(START.plusSeconds(60 + n)));
        }
        fixture.start(settings());

        assertThat(fixture.stores.broker().counts("default").delayed()).isEqualTo(30);
        assertThat(order).isEmpty();
        clock.advance(Duration.ofSeconds(75));
        WorkerFixture.until(() -> order.size() == 16);
        clock.advance(Duration.ofSeconds(60));
        WorkerFixture.until(() -> order.size() == 30);

        assertThat(order).isSorted();
    }
}
