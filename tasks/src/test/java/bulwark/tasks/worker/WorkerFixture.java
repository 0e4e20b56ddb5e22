package bulwark.tasks.worker;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.UuidV7;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.client.TaskClient;
import bulwark.tasks.control.ControlClient;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.handler.HandlerRegistry;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.store.TaskStores;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Workers and a client on one store. */
final class WorkerFixture implements AutoCloseable {
    static final Map<String, String> HMAC = hmac("primary", 1);
    static final Map<String, String> OTHER_HMAC = hmac("primary", 2);

    final TaskStores stores;
    /** Receipts in the order in which anybody took them. */
    final Deque<Receipt> taken = new ConcurrentLinkedDeque<>();

    /** Calls of {@link Broker#receive} for the queue {@code default}. */
    final AtomicLong looks = new AtomicLong();

    final Clock clock;
    final Path folder;
    final Metrics metrics = new Metrics();
    final TaskEvidence evidence;
    final TaskClient client;
    private final List<Worker> workers = new ArrayList<>();
    private final List<TaskHandler> handlers = new ArrayList<>();

    WorkerFixture(TaskStores stores, Clock clock, Path folder) {
        this.stores = recording(stores);
        this.clock = clock;
        this.folder = folder;
        this.evidence = TaskEvidence.open(folder, clock);
        this.client = client(HMAC);
    }

    static final Map<String, String> ED25519 = ed25519(true);
    static final Map<String, String> ED25519_PUBLIC = ed25519(false);

    private static Map<String, String> ed25519(boolean withPrivate) {
        byte[] seed = new byte[32];
        new Random(3).nextBytes(seed);
        byte[] open = Signing.fastest().signer(SecretBytes.of(seed)).publicKey();
        Map<String, String> keys = new HashMap<>(Map.of(
                "STEM_SIGNING_ALGORITHM", "ed25519",
                "STEM_SIGNING_PUBLIC_KEYS", "primary:" + Base64.getEncoder().encodeToString(open),
                "STEM_SIGNING_ACTIVE_KEY", "primary"));
        if (withPrivate) {
            keys.put(
                    "STEM_SIGNING_PRIVATE_KEYS",
                    "primary:" + Base64.getEncoder().encodeToString(seed));
        }
        return keys;
    }

    Envelope signed(String name, String queue, ObjectNode args, Consumer<ObjectNode> more) {
        ObjectNode meta = args();
        more.accept(meta);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return signing(HMAC)
                .sign(new Envelope(
                        UuidV7.next(clock.instant()), name, args, Map.of(), now, null, 0, 0, 0, null, queue, meta));
    }

    private static Map<String, String> hmac(String id, long seed) {
        byte[] key = new byte[32];
        new Random(seed).nextBytes(key);
        return Map.of(
                "STEM_SIGNING_KEYS", id + ":" + Base64.getEncoder().encodeToString(key), "STEM_SIGNING_ACTIVE_KEY", id);
    }

    private TaskStores recording(TaskStores whole) {
        Broker broker = (Broker) Proxy.newProxyInstance(
                WorkerFixture.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, arguments) -> {
                    try {
                        if (arguments != null
                                && arguments[0] instanceof Subscription by
                                && by.queues().contains("default")) {
                            looks.incrementAndGet();
                        }
                        Object result = method.invoke(whole.broker(), arguments);
                        if (result instanceof List<?> list) {
                            list.forEach(each -> {
                                if (each instanceof ReceivedMessage message) {
                                    taken.add(message.receipt());
                                }
                            });
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return (TaskStores) Proxy.newProxyInstance(
                WorkerFixture.class.getClassLoader(),
                new Class<?>[] {TaskStores.class},
                (proxy, method, arguments) ->
                        method.getName().equals("broker") ? broker : method.invoke(whole, arguments));
    }

    static EnvelopeSigning signing(Map<String, String> keys) {
        Configuration configuration = Configuration.read(TaskSettings.schema(), keys, Path.of("/nonexistent"));
        return EnvelopeSigning.of(configuration, Signing.fastest());
    }

    TaskClient client(Map<String, String> keys) {
        return new TaskClient(stores, signing(keys), Routing.withoutFile("default"), metrics, clock);
    }

    ControlClient control(Map<String, String> keys) {
        return new ControlClient(stores, signing(keys), "stem", clock);
    }

    interface Body {
        @Nullable
        Object run(TaskContext context) throws Exception;
    }

    WorkerFixture handler(String name, Body body) {
        return handler(name, TaskOptions.DEFAULT, body);
    }

    WorkerFixture handler(String name, TaskOptions options, Body body) {
        handlers.add(new TaskHandler() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public TaskOptions options() {
                return options;
            }

            @Override
            public @Nullable Object run(TaskContext context) throws Exception {
                return body.run(context);
            }
        });
        return this;
    }

    WorkerFixture handler(TaskHandler handler) {
        handlers.add(handler);
        return this;
    }

    WorkerSettings settings() {
        return settings(Duration.ofMillis(200));
    }

    WorkerSettings settings(Duration heartbeat) {
        return new WorkerSettings(
                List.of("default"),
                List.of(),
                4,
                2,
                Duration.ofSeconds(30),
                "stem",
                WorkerSettings.newId(),
                heartbeat,
                new WorkerSettings.Shutdown(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(2)),
                WorkerSettings.Allowed.NOTHING,
                WorkerSettings.Limits.STANDARD);
    }

    Worker start() throws InterruptedException {
        return start(settings());
    }

    Worker start(WorkerSettings settings) throws InterruptedException {
        return start(settings, HMAC);
    }

    Worker start(WorkerSettings settings, Map<String, String> keys) throws InterruptedException {
        Worker worker = worker(settings, keys);
        worker.start();
        return worker;
    }

    Worker worker(WorkerSettings settings, Map<String, String> keys) {
        HandlerRegistry all = HandlerRegistry.discover(WorkerFixture.class.getClassLoader(), handlers);
        Worker worker = new Worker(
                new Worker.WorkerDependencies(
                        stores, signing(keys), client(keys), all, metrics, evidence, new Random(7), clock),
                settings);
        workers.add(worker);
        return worker;
    }

    static ObjectNode args() {
        return JsonNodeFactory.instance.objectNode();
    }

    String enqueue(String name) {
        return client.enqueue(EnqueueRequest.named(name, args()));
    }

    TaskStatus awaitEnd(String id) throws InterruptedException {
        TaskStatus status = client.await(id, Duration.ofSeconds(15)).orElseThrow();
        if (!status.state().terminal()) {
            throw new AssertionError("the task " + id + " is still " + status.state());
        }
        return status;
    }

    @Nullable
    TaskState state(String id) {
        return stores.results().get(id).map(TaskStatus::state).orElse(null);
    }

    List<DeadLetter> deadLetters() {
        return stores.broker().deadLetters().page("default", 0, 100, null).deadLetters();
    }

    double counted(String line) {
        return metrics.scrape()
                .lines()
                .filter(each -> each.startsWith(line))
                .mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1)))
                .sum();
    }

    static void until(Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    void stop(Worker worker, Worker.Mode mode) throws InterruptedException {
        worker.shutdown(mode);
        if (!worker.awaitStopped(Duration.ofSeconds(20))) {
            throw new AssertionError("the worker did not stop");
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (Worker worker : workers) {
            worker.shutdown(Worker.Mode.HARD);
        }
        for (Worker worker : workers) {
            worker.awaitStopped(Duration.ofSeconds(10));
        }
        evidence.close();
        stores.close();
    }
}
