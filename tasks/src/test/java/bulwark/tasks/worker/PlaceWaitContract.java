package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.control.ControlClient;
import bulwark.tasks.execution.RevocationJson;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.store.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/** What happens to a task between its arrival at a worker and a free place there counts as before its arrival. On every task store. */
@Timeout(60)
abstract class PlaceWaitContract extends WorkerTestBase {
    /** A worker with one place fetches nothing ahead. */
    private static final int PLACES = 2;

    private static final int MAX_TRIES = 20;

    private final AtomicInteger runs = new AtomicInteger();
    private volatile CountDownLatch placesAreTaken = new CountDownLatch(PLACES);
    private volatile CountDownLatch placeIsFree = new CountDownLatch(1);

    private Worker start() throws InterruptedException {
        fixture.handler("holder", context -> {
            placesAreTaken.countDown();
            placeIsFree.await();
            return null;
        });
        fixture.handler("behind", context -> runs.incrementAndGet());
        return fixture.start(fixture.settings().withConcurrency(PLACES).withPrefetchMultiplier(4));
    }

    /** Tasks that the worker holds behind others, which have all its places. A worker fetches ahead only while its tasks are quick: on a busy machine that takes some tries. */
    private List<String> behind(int number, Supplier<EnqueueRequest> request) throws InterruptedException {
        for (int i = 0; i < MAX_TRIES; i++) {
            placesAreTaken = new CountDownLatch(PLACES);
            placeIsFree = new CountDownLatch(1);
            awaitEnds(enqueue(50, EnqueueRequest.named("demo.echo", WorkerFixture.args())));
            List<String> holders = enqueue(PLACES, EnqueueRequest.named("holder", WorkerFixture.args()));
            placesAreTaken.await();
            List<String> ids = enqueue(number, request.get());
            if (areFetched(number)) {
                return ids;
            }
            placeIsFree.countDown();
            awaitEnds(holders);
            awaitEnds(ids);
            runs.set(0);
        }
        throw new AssertionError("the worker fetched nothing ahead");
    }

    private List<String> enqueue(int number, EnqueueRequest request) {
        return fixture.client.enqueueAll(
                IntStream.range(0, number).mapToObj(i -> request).toList());
    }

    private void awaitEnds(List<String> ids) throws InterruptedException {
        for (String id : ids) {
            fixture.awaitEnd(id);
        }
    }

    private boolean areFetched(int number) {
        try {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(2))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> fixture.stores.broker().counts("default").inFlight() == PLACES + number);
            return true;
        } catch (ConditionTimeoutException late) {
            return false;
        }
    }

    @Test
    void a_task_that_is_revoked_while_it_waits_for_a_place_does_not_run() throws Exception {
        Worker worker = start();
        List<String> ids = behind(2, () -> EnqueueRequest.named("behind", WorkerFixture.args()));
        String revoked = ids.getFirst();
        String terminated = ids.getLast();

        revoke(worker, revoked, false);
        revoke(worker, terminated, true);
        placeIsFree.countDown();

        assertThat(fixture.awaitEnd(revoked).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(fixture.awaitEnd(terminated).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(runs).hasValue(0);
    }

    @Test
    void a_task_that_expires_while_it_waits_for_a_place_does_not_run() throws Exception {
        start();
        AtomicReference<Instant> expiry = new AtomicReference<>();
        String id = behind(1, () -> {
                    expiry.set(fixture.clock.instant().plus(Duration.ofSeconds(4)));
                    return EnqueueRequest.named("behind", WorkerFixture.args()).withExpires(expiry.get());
                })
                .getFirst();

        WorkerFixture.until(() -> fixture.clock.instant().isAfter(expiry.get()));
        placeIsFree.countDown();

        TaskStatus status = fixture.awaitEnd(id);
        assertThat(status.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(status.error())
                .isNotNull()
                .satisfies(error -> assertThat(error.type()).isEqualTo("TaskExpired"));
        assertThat(runs).hasValue(0);
    }

    @Test
    void a_task_whose_queue_is_paused_while_it_waits_for_a_place_runs_after_the_pause() throws Exception {
        Worker worker = start();
        String id = behind(1, () -> EnqueueRequest.named("behind", WorkerFixture.args()))
                .getFirst();
        ControlClient control = fixture.control(WorkerFixture.HMAC);

        control.request("queue_pause", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(5));
        placeIsFree.countDown();
        WorkerFixture.until(() -> fixture.stores.broker().counts("default").inFlight() == 0);
        assertThat(runs).hasValue(0);
        control.request("queue_resume", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(5));

        assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(runs).hasValue(1);
    }

    private void revoke(Worker worker, String id, boolean terminate) throws InterruptedException {
        Revocation revocation = new Revocation(
                "stem",
                id,
                RevocationJson.micros(fixture.clock.instant()),
                fixture.clock.instant(),
                terminate,
                "enough",
                null,
                null);
        ObjectNode payload = WorkerFixture.args();
        payload.putArray("revocations").add(RevocationJson.of(revocation));
        assertThat(fixture.control(WorkerFixture.HMAC)
                        .request("revoke", List.of(worker.id()), payload, Duration.ofSeconds(5)))
                .hasSize(1);
    }
}
