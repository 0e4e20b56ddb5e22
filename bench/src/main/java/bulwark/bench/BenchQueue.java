package bulwark.bench;

import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.handler.HandlerRegistry;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.worker.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One queue, its client and, while it drains, one worker, all in this process as an application would have them. */
final class BenchQueue implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 300;

    private final TaskRuntime tasks;
    private final TaskEvidence evidence;
    private final NoOp noOp = new NoOp();

    private BenchQueue(TaskRuntime tasks, TaskEvidence evidence) {
        this.tasks = tasks;
        this.evidence = evidence;
    }

    static BenchQueue open(Path scratch, String url, Map<String, String> keys) throws IOException {
        return open(scratch, url, keys, "1d");
    }

    static BenchQueue open(Path scratch, String url, Map<String, String> keys, String retention) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>(keys);
        settings.put("STEM_BROKER_URL", url);
        settings.put("STEM_RESULT_RETENTION", retention);
        settings.put("STEM_STATE_DIR", scratch.resolve("state").toString());
        Path folder = Files.createDirectories(scratch.resolve("state"));
        return new BenchQueue(
                TaskRuntime.open(settings, scratch, Clock.systemUTC()), TaskEvidence.open(folder, Clock.systemUTC()));
    }

    private static final class NoOp implements TaskHandler {
        private volatile CountDownLatch left = new CountDownLatch(0);
        private volatile long @Nullable [] late;
        private final AtomicLong place = new AtomicLong();
        private final Semaphore ran = new Semaphore(0);

        @Override
        public String name() {
            return "noop";
        }

        @Override
        public @Nullable Object run(TaskContext context) {
            long[] measured = late;
            if (measured != null) {
                long at = context.args().get("at").longValue();
                measured[(int) place.getAndIncrement()] = nowMicros() - at;
                ran.release();
            }
            left.countDown();
            return context.args().path("n").asInt();
        }
    }

    private static long nowMicros() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }

    private Worker worker(int concurrency) {
        Worker.WorkerDependencies parts = new Worker.WorkerDependencies(
                tasks.stores(),
                tasks.signing(),
                tasks.client(),
                HandlerRegistry.of(List.of(noOp), List.of()),
                tasks.metrics(),
                evidence,
                RandomGenerator.getDefault(),
                Clock.systemUTC());
        WorkerSettings settings = WorkerSettings.of(tasks.configuration())
                .withConcurrency(concurrency)
                .withAllowed(new WorkerSettings.Allowed(false, false, true));
        return new Worker(parts, settings);
    }

    LoadResult enqueue(int jobs) throws IOException {
        List<EnqueueRequest> calls = new ArrayList<>(jobs);
        for (int n = 0; n < jobs; n++) {
            calls.add(EnqueueRequest.named("noop", arguments().put("n", n)));
        }
        double cpu = ownCpu();
        long began = System.nanoTime();
        tasks.client().enqueueAll(calls);
        long took = System.nanoTime() - began;
        return rate(jobs, took, ownCpu() - cpu);
    }

    /** From the worker's start until the last task's result is stored and its entry gone. */
    LoadResult drain(int jobs, int concurrency) throws IOException, InterruptedException {
        noOp.late = null;
        noOp.left = new CountDownLatch(jobs);
        Worker worker = worker(concurrency);
        double cpu = ownCpu();
        long began = System.nanoTime();
        worker.start();
        if (!noOp.left.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(noOp.left.getCount() + " tasks did not run");
        }
        QueueCounts counts = tasks.stores().broker().counts("default");
        while (counts.pending() + counts.inFlight() > 0) {
            counts = tasks.stores().broker().counts("default");
        }
        long took = System.nanoTime() - began;
        double spent = ownCpu() - cpu;
        stop(worker);
        return rate(jobs, took, spent);
    }

    private static void stop(Worker worker) throws InterruptedException {
        worker.shutdown(Worker.Mode.WARM);
        if (!worker.awaitStopped(Duration.ofSeconds(30))) {
            throw new IllegalStateException("the worker did not stop");
        }
    }

    private static LoadResult rate(int jobs, long nanos, double cpuSeconds) {
        return new LoadResult(jobs * 1e9 / nanos, cpuSeconds * 1e6 / jobs, 0, 0);
    }

    /** One task at a time into an idle worker: from before the enqueue to the first line of the handler. */
    LoadResult pickup(int samples) throws IOException, InterruptedException {
        long[] late = new long[samples];
        measure(late);
        Worker worker = worker(8);
        worker.start();
        double cpu = ownCpu();
        long began = System.nanoTime();
        for (int i = 0; i < samples; i++) {
            tasks.client().enqueue(EnqueueRequest.named("noop", arguments().put("at", nowMicros())));
            if (!noOp.ran.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("a task did not run");
            }
        }
        long took = System.nanoTime() - began;
        double spent = ownCpu() - cpu;
        stop(worker);
        return LoadResult.of(Arrays.stream(late).map(micros -> micros * 1000).toArray(), took, spent);
    }

    /** Tasks at random times within so many seconds; how late each began, ms, in order. */
    double[] eta(int count, int seconds) throws InterruptedException {
        long[] late = new long[count];
        measure(late);
        Worker worker = worker(100);
        worker.start();
        Random random = new Random(1);
        List<EnqueueRequest> calls = new ArrayList<>();
        Instant base = Instant.now().plusSeconds(2);
        for (int i = 0; i < count; i++) {
            Instant at = base.plusMillis(random.nextInt(seconds * 1000));
            calls.add(EnqueueRequest.named("noop", arguments().put("at", at.toEpochMilli() * 1000))
                    .withNotBefore(at));
        }
        tasks.client().enqueueAll(calls);
        if (!noOp.ran.tryAcquire(count, seconds + 60L, TimeUnit.SECONDS)) {
            throw new IllegalStateException("not every task ran");
        }
        stop(worker);
        return Arrays.stream(late)
                .mapToDouble(micros -> micros / 1000.0)
                .sorted()
                .toArray();
    }

    private void measure(long[] late) {
        noOp.place.set(0);
        noOp.ran.drainPermits();
        noOp.late = late;
    }

    private static ObjectNode arguments() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static double ownCpu() throws IOException {
        return ProcessFigures.cpuSeconds(ProcessHandle.current().pid());
    }

    @Override
    public void close() {
        evidence.close();
        tasks.close();
    }
}
