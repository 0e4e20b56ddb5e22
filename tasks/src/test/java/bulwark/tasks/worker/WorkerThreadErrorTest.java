package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.store.TaskStores;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever a store throws at a thread that a worker cannot do without: tasks go on. */
@Timeout(90)
class WorkerThreadErrorTest {
    /** Thrown once on the thread of this name by the method of this name. */
    private record Injected(String thread, String method, CountDownLatch thrown) {}

    @TempDir
    Path folder;

    private final AtomicReference<Injected> injected = new AtomicReference<>();
    private final AtomicReference<RuntimeException> failingBegin = new AtomicReference<>();
    private WorkerFixture fixture;

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private void open(Clock clock) {
        TaskStores whole = new MemoryStores(clock);
        Broker broker = failing(Broker.class, whole.broker());
        ResultBackend results = failing(ResultBackend.class, whole.results());
        TaskStores.StoreSet set = new TaskStores.StoreSet(
                broker, results, whole.schedules(), whole.locks(), whole.revocations(), whole.rates());
        fixture = new WorkerFixture(
                new TaskStores() {
                    @Override
                    public StoreSet storeSet() {
                        return set;
                    }

                    @Override
                    public void close() {
                        whole.close();
                    }
                },
                clock,
                folder);
    }

    private <T> T failing(Class<T> type, T store) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Injected next = injected.get();
                    if (next != null
                            && next.method.equals(method.getName())
                            && next.thread.equals(Thread.currentThread().getName())
                            && injected.compareAndSet(next, null)) {
                        next.thrown.countDown();
                        throw new LinkageError("injected into " + next.thread);
                    }
                    RuntimeException fault = failingBegin.get();
                    if (fault != null && method.getName().equals("begin")) {
                        throw fault;
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @ParameterizedTest
    @CsvSource({
        "stem-intake, receive",
        "stem-begin, begin",
        "stem-settle, settle",
        "stem-renewal, renew",
        "stem-heartbeat, putHeartbeat",
        "stem-control, receive"
    })
    void an_error_in_any_thread_of_a_worker_is_survived_and_reported(String thread, String method) throws Exception {
        open(Clock.systemUTC());
        CountDownLatch held = new CountDownLatch(1);
        fixture.handler("held", context -> {
            held.await();
            return null;
        });
        Worker worker = fixture.start(fixture.settings().withLease(Duration.ofSeconds(2)));
        Injected error = new Injected(thread, method, new CountDownLatch(1));
        injected.set(error);

        String first = fixture.enqueue("held");
        if (!thread.equals("stem-settle")) {
            error.thrown.await();
        }
        held.countDown();
        error.thrown.await();

        WorkerFixture.until(() -> worker.problems().stream().anyMatch(problem -> problem.contains(thread)));
        assertThat(worker.healthy()).isFalse();
        assertThat(fixture.awaitEnd(fixture.enqueue("demo.echo")).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(fixture.awaitEnd(first).state()).isEqualTo(TaskState.SUCCEEDED);
        WorkerFixture.until(() -> fixture.control(WorkerFixture.HMAC)
                        .request("ping", List.of(worker.id()), WorkerFixture.args(), Duration.ofSeconds(5))
                        .size()
                == 1);
    }

    @Test
    void a_task_that_a_passing_fault_kept_from_running_comes_back_later_and_later_and_then_runs() throws Exception {
        SettableClock clock = new SettableClock(Instant.parse("2026-01-02T03:04:05Z"));
        open(clock);
        fixture.handler("late", TaskOptions.DEFAULT.withMaxRetries(0), context -> "done");
        failingBegin.set(new IllegalStateException("the disk is full"));
        fixture.start(fixture.settings().withLease(Duration.ofDays(1)));
        String id = fixture.enqueue("late");

        for (Duration pause :
                List.of(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4))) {
            WorkerFixture.until(() -> fixture.stores.broker().counts("default").delayed() == 1);
            clock.advance(pause.minusMillis(1));
            assertThat(fixture.stores.broker().counts("default").delayed()).isEqualTo(1);
            clock.advance(Duration.ofMillis(1));
        }
        WorkerFixture.until(() -> fixture.stores.broker().counts("default").delayed() == 1);
        assertThat(fixture.deadLetters()).isEmpty();
        failingBegin.set(null);
        clock.advance(Duration.ofMinutes(1));

        assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.SUCCEEDED);
    }
}
