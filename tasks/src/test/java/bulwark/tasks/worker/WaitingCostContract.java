package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.control.ControlClient;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What may not run is not fetched again and again, keeps its order, and slows nobody. On every task store. */
@Timeout(240)
abstract class WaitingCostContract extends WorkerTestBase {
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    private final Queue<String> started = new ConcurrentLinkedQueue<>();

    private static TaskOptions limited(String rate) {
        return new TaskOptions(0, null, null, rate, null, null, "tenant", true, false, null, 0, null, null);
    }

    private List<String> enqueue(String name, int number) {
        return fixture.client.enqueueAll(IntStream.range(0, number)
                .mapToObj(i -> EnqueueRequest.named(name, WorkerFixture.args()))
                .toList());
    }

    private static void until(Callable<Boolean> condition) {
        await().atMost(DEADLINE).pollInterval(Duration.ofMillis(20)).until(condition);
    }

    private TaskStatus awaitEnd(String id) throws InterruptedException {
        return fixture.client.await(id, DEADLINE).orElseThrow();
    }

    private Object record(TaskContext context) {
        started.add(context.id());
        return "done";
    }

    @Test
    void limited_tasks_are_fetched_once_and_once_more_to_run_and_start_in_order() throws Exception {
        fixture.handler("slowly", limited("3/s"), this::record);
        List<String> ids = enqueue("slowly", 300);
        fixture.start();

        until(() -> started.size() >= 9);

        // The burst starts at once, so in any order; after it one follows the other.
        List<String> order = new ArrayList<>(started);
        assertThat(order.subList(0, 3)).containsExactlyInAnyOrderElementsOf(ids.subList(0, 3));
        assertThat(order.subList(3, 9)).isEqualTo(ids.subList(3, 9));
        until(() -> fixture.stores.broker().counts("default").inFlight() == 0);
        assertThat(fixture.taken.size()).isLessThan(300 + started.size() + 10);
        assertThat(fixture.state(ids.getLast())).isEqualTo(TaskState.QUEUED);
    }

    @Test
    void an_unlimited_task_behind_many_limited_ones_does_not_wait_for_them() throws Exception {
        fixture.handler("slowly", limited("2/m"), this::record);
        enqueue("slowly", 500);
        String neighbour = enqueue("demo.echo", 1).getFirst();
        fixture.start();

        assertThat(awaitEnd(neighbour).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(awaitEnd(fixture.enqueue("demo.echo")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(started).hasSize(2);
        assertThat(fixture.stores.broker().counts("default").pending()).isEqualTo(498);
    }

    @Test
    void nobody_looks_into_a_paused_queue_and_its_resumption_wakes_the_worker() throws Exception {
        Worker worker = fixture.start();
        ControlClient control = fixture.control(WorkerFixture.HMAC);
        control.request("queue_pause", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(20));
        List<String> ids = enqueue("demo.echo", 100);

        // A look that was under way ends within its time.
        long[] looks = {fixture.looks.get()};
        await().pollInterval(Duration.ofSeconds(2)).atMost(DEADLINE).until(() -> {
            long before = looks[0];
            looks[0] = fixture.looks.get();
            return before == looks[0];
        });
        assertThat(fixture.stores.broker().counts("default").pending()).isGreaterThanOrEqualTo(90);
        assertThat(worker.problems()).isEmpty();

        control.request("queue_resume", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(20));
        assertThat(awaitEnd(ids.getLast()).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void a_task_of_two_limits_takes_from_both_or_from_none() throws Exception {
        TaskOptions both =
                new TaskOptions(0, null, null, "1/m", "6/m", "shared", "tenant", true, false, null, 0, null, null);
        TaskOptions group =
                new TaskOptions(0, null, null, null, "6/m", "shared", "tenant", true, false, null, 0, null, null);
        fixture.handler("both", both, this::record).handler("group", group, this::record);
        enqueue("both", 60);
        List<String> free = enqueue("group", 5);
        fixture.start();

        for (String id : free) {
            assertThat(awaitEnd(id).state()).isEqualTo(TaskState.SUCCEEDED);
        }
        assertThat(started).hasSize(6);
    }
}
