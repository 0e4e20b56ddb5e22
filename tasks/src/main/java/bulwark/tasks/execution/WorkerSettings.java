package bulwark.tasks.execution;

import bulwark.kernel.config.Configuration;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * How one worker works.
 *
 * @param queues taken from in this order
 * @param broadcasts channels
 * @param concurrency most tasks that run at once, ≥ 1
 * @param prefetchMultiplier messages held at once, as a multiple of the concurrency, ≥ 1. What is more than the concurrency is fetched only while tasks are quick, so that
 *     nothing waits here behind a long task; a concurrency of one fetches nothing ahead and so keeps the order of the queue
 * @param lease how long a task stays with a silent worker
 * @param namespace whom heartbeats and commands reach
 * @param id unique for each live process
 * @param heartbeat time between heartbeats, and between looks at the revocations
 */
public record WorkerSettings(
        List<String> queues,
        List<String> broadcasts,
        int concurrency,
        int prefetchMultiplier,
        Duration lease,
        String namespace,
        String id,
        Duration heartbeat,
        Shutdown shutdown,
        Allowed allowed,
        Limits limits) {
    private static final int MIN_CONCURRENCY = 8;

    /**
     * How long each way to stop may take.
     *
     * @param warm how long a warm shutdown waits before it becomes soft
     * @param soft how long a soft shutdown waits before it becomes hard
     * @param force how long a hard shutdown waits for interrupted tasks and for the broker
     */
    public record Shutdown(Duration warm, Duration soft, Duration force) {}

    /**
     * What is allowed by name.
     *
     * @param unsigned without keys, run the tasks of anybody
     * @param unsignedControl with keys, still obey unsigned commands
     * @param lossyBroker start although the broker may lose tasks
     */
    public record Allowed(boolean unsigned, boolean unsignedControl, boolean lossyBroker) {
        public static final Allowed NOTHING = new Allowed(false, false, false);
    }

    /**
     * What one task may cost this worker.
     *
     * @param maxDeliveries how often a message is handed out before it becomes a dead letter because its holders died; ≥ 1
     * @param maxResultBytes longest result as JSON
     * @param maxEnvelopeBytes longest envelope
     * @param memoryBytes what all its tasks together may take of the heap
     */
    public record Limits(int maxDeliveries, int maxResultBytes, int maxEnvelopeBytes, long memoryBytes) {
        public static final Limits STANDARD = new Limits(5, 1 << 20, 1 << 20, memoryOfHeap());

        /** A third of the heap: the rest is for handlers, and for what the program itself needs. */
        static long memoryOfHeap() {
            return Runtime.getRuntime().maxMemory() / 3;
        }

        /** @throws Configuration.ConfigurationRefused when one is 0 */
        static Limits of(Configuration configuration) {
            return new Limits(
                    atLeastOne(configuration, "STEM_MAX_DELIVERIES"),
                    atLeastOne(configuration, "STEM_MAX_RESULT_BYTES"),
                    atLeastOne(configuration, "STEM_MAX_ENVELOPE_BYTES"),
                    memory(configuration));
        }

        private static long memory(Configuration configuration) {
            long mebibytes = configuration.count("STEM_WORKER_MEMORY_MIB");
            long most = Runtime.getRuntime().maxMemory() >> 20;
            if (mebibytes > most) {
                throw new Configuration.ConfigurationRefused(List.of("STEM_WORKER_MEMORY_MIB is " + mebibytes
                        + " and the heap has " + most + ": raise the heap (BULWARK_HEAP) or lower the setting"));
            }
            return mebibytes == 0 ? memoryOfHeap() : mebibytes << 20;
        }

        private static int atLeastOne(Configuration configuration, String setting) {
            long count = configuration.count(setting);
            if (count < 1 || count > Integer.MAX_VALUE) {
                throw new Configuration.ConfigurationRefused(List.of(setting + " must lie between 1 and "
                        + Integer.MAX_VALUE + "; there is no value for unlimited"));
            }
            return (int) count;
        }
    }

    public WorkerSettings {
        queues = List.copyOf(new LinkedHashSet<>(queues));
        broadcasts = List.copyOf(new LinkedHashSet<>(broadcasts));
        concurrency = Math.max(1, concurrency);
        prefetchMultiplier = Math.max(1, prefetchMultiplier);
    }

    /** @throws Configuration.ConfigurationRefused when a duration is none */
    public static WorkerSettings of(Configuration configuration) {
        List<String> queues = configuration.list("STEM_WORKER_QUEUES");
        int concurrency = (int) configuration.count("STEM_CONCURRENCY");
        int standard = Math.max(MIN_CONCURRENCY, Runtime.getRuntime().availableProcessors() * 4);
        return new WorkerSettings(
                queues.isEmpty() ? List.of(configuration.text("STEM_DEFAULT_QUEUE")) : queues,
                configuration.list("STEM_WORKER_BROADCASTS"),
                concurrency > 0 ? concurrency : standard,
                (int) configuration.count("STEM_PREFETCH_MULTIPLIER"),
                configuration.duration("STEM_LEASE"),
                configuration.text("STEM_WORKER_NAMESPACE"),
                newId(),
                configuration.duration("STEM_HEARTBEAT_INTERVAL"),
                new Shutdown(
                        configuration.duration("STEM_WARM_LIMIT"),
                        configuration.duration("STEM_SOFT_GRACE"),
                        configuration.duration("STEM_FORCE_TIMEOUT")),
                new Allowed(
                        configuration.flag("STEM_ALLOW_UNSIGNED"),
                        configuration.flag("STEM_ALLOW_UNSIGNED_CONTROL"),
                        configuration.flag("STEM_ALLOW_LOSSY_BROKER")),
                Limits.of(configuration));
    }

    /** {@code HOST-PID-RANDOM}: two workers never share a name, not even after a restart with the same process id. */
    public static String newId() {
        byte[] random = new byte[3];
        new Random().nextBytes(random);
        return host() + "-" + ProcessHandle.current().pid() + "-"
                + HexFormat.of().formatHex(random);
    }

    public static String host() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return name.replaceAll("[^A-Za-z0-9.-]", "");
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    public WorkerSettings withQueues(List<String> changed) {
        return changed(copy -> copy.queues = changed);
    }

    public WorkerSettings withBroadcasts(List<String> changed) {
        return changed(copy -> copy.broadcasts = changed);
    }

    public WorkerSettings withConcurrency(int changed) {
        return changed(copy -> copy.concurrency = changed);
    }

    public WorkerSettings withPrefetchMultiplier(int changed) {
        return changed(copy -> copy.prefetchMultiplier = changed);
    }

    public WorkerSettings withLease(Duration changed) {
        return changed(copy -> copy.lease = changed);
    }

    public WorkerSettings withId(String changed) {
        return changed(copy -> copy.id = changed);
    }

    public WorkerSettings withAllowed(Allowed changed) {
        return changed(copy -> copy.allowed = changed);
    }

    public WorkerSettings withLimits(Limits changed) {
        return changed(copy -> copy.limits = changed);
    }

    private WorkerSettings changed(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.settings();
    }

    /** One that can be changed before it is settings again. */
    private static final class Copy {
        private List<String> queues;
        private List<String> broadcasts;
        private int concurrency;
        private int prefetchMultiplier;
        private Duration lease;
        private String namespace;
        private String id;
        private Duration heartbeat;
        private Shutdown shutdown;
        private Allowed allowed;
        private Limits limits;

        private Copy(WorkerSettings of) {
            queues = of.queues;
            broadcasts = of.broadcasts;
            concurrency = of.concurrency;
            prefetchMultiplier = of.prefetchMultiplier;
            lease = of.lease;
            namespace = of.namespace;
            id = of.id;
            heartbeat = of.heartbeat;
            shutdown = of.shutdown;
            allowed = of.allowed;
            limits = of.limits;
        }

        private WorkerSettings settings() {
            return new WorkerSettings(
                    queues,
                    broadcasts,
                    concurrency,
                    prefetchMultiplier,
                    lease,
                    namespace,
                    id,
                    heartbeat,
                    shutdown,
                    allowed,
                    limits);
        }
    }

    /** Most messages held at once. */
    public int maxInFlight() {
        return concurrency == 1 ? 1 : Math.multiplyExact(concurrency, Math.min(prefetchMultiplier, 100));
    }
}
