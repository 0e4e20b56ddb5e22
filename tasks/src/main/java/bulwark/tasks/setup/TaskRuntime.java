package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.client.TaskClient;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeRefused;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.routing.RoutingFile;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What producers, workers, beats and commands have in common, made from the {@code STEM_*} settings: keys, routing and stores. Start here to send tasks from Java:
 * {@link #open}, then {@link #client}. Thread-safe. Close it to let the stores go.
 */
public record TaskRuntime(
        Configuration configuration,
        Path directory,
        EnvelopeSigning signing,
        Routing routing,
        TaskStores stores,
        TaskClient client,
        Metrics metrics,
        Clock clock)
        implements AutoCloseable {
    /**
     * For services: every fault of the settings is refused.
     *
     * @param environment for instance {@code System.getenv()}; goes before {@code .env} in the directory
     * @param directory relative paths and {@code .env} are resolved against it
     * @throws Configuration.ConfigurationRefused listing every problem, before anything was opened
     * @throws bulwark.tasks.broker.BrokerUnavailable when a store cannot be reached
     */
    public static TaskRuntime open(Map<String, String> environment, Path directory, Clock clock) {
        return open(() -> Configuration.read(TaskSettings.schema(), environment, directory), directory, clock);
    }

    /** With settings that are read already, and so never again. */
    public static TaskRuntime open(Configuration configuration, Path directory, Clock clock) {
        return open(() -> configuration, directory, clock);
    }

    private static TaskRuntime open(Supplier<Configuration> settings, Path directory, Clock clock) {
        Configuration configuration = settings.get();
        EnvelopeSigning signing = EnvelopeSigning.reloading(settings, Signing.fastest(), clock);
        Routing routing = routing(configuration, directory);
        Metrics metrics = new Metrics(TaskMetricDescriptions.all());
        TaskStores stores = TaskStoreFactory.all(configuration, directory, clock);
        TaskClient client =
                new TaskClient(stores, signing, routing, metrics, new HandlerOptions(configuration, directory), clock);
        SigningKeyGauge.register(signing, metrics);
        return new TaskRuntime(configuration, directory, signing, routing, stores, client, metrics, clock);
    }

    /** Of the file that {@code STEM_ROUTING_CONFIG} names, or without one. */
    public static Routing routing(Configuration configuration, Path directory) {
        String defaultQueue = configuration.text("STEM_DEFAULT_QUEUE");
        try {
            Envelope.checkQueue("STEM_DEFAULT_QUEUE", defaultQueue);
        } catch (EnvelopeRefused e) {
            throw new Configuration.ConfigurationRefused(List.of(e.getMessage() + "."));
        }
        String file = configuration.text("STEM_ROUTING_CONFIG");
        return file.isEmpty()
                ? Routing.withoutFile(defaultQueue)
                : new ConfiguredPath(directory.resolve(file), "STEM_ROUTING_CONFIG")
                        .open(path -> RoutingFile.read(path, defaultQueue));
    }

    /** Reads the key files again; see {@link EnvelopeSigning#reload}. Certificates are read again by themselves when their files change. */
    public List<String> reload() {
        List<String> lines = signing.reload();
        SigningKeyGauge.register(signing, metrics);
        return lines;
    }

    @Override
    public void close() {
        stores.close();
    }
}
