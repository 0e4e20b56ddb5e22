package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.tls.TlsRefused;
import bulwark.tasks.embedded.EmbeddedStores;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.redis.RedisStores;
import bulwark.tasks.redis.RedisTls;
import bulwark.tasks.schedule.FileScheduleStore;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Opens what the URLs name: {@code memory:} (this process alone), {@code sqlite:PATH} (embedded), {@code redis://} and {@code rediss://}. Settings with equal URLs share one
 * place.
 */
public final class TaskStoreFactory {
    private final Configuration configuration;
    private final Path directory;
    private final Clock clock;
    private final Map<String, TaskStores> opened = new LinkedHashMap<>();

    /** Stores of several backends as one. Locks and rates are the broker's. Closing it closes every backend. */
    record Composite(StoreSet storeSet, List<TaskStores> opened) implements TaskStores {
        @Override
        public void close() {
            opened.forEach(TaskStores::close);
        }
    }

    private TaskStoreFactory(Configuration configuration, Path directory, Clock clock) {
        this.configuration = configuration;
        this.directory = directory;
        this.clock = clock;
    }

    /**
     * Every store that the settings name.
     *
     * @param directory relative paths are resolved against it
     * @throws ConfigurationRefused when a URL names no store
     * @throws bulwark.tasks.broker.BrokerUnavailable when a store cannot be reached
     */
    public static TaskStores all(Configuration configuration, Path directory, Clock clock) {
        TaskStoreFactory opening = new TaskStoreFactory(configuration, directory, clock);
        try {
            return opening.composite();
        } catch (RuntimeException e) {
            opening.opened.values().forEach(TaskStores::close);
            throw e;
        }
    }

    /** One store alone. Otherwise as {@link #all}. @param setting named when the URL is no good */
    public static TaskStores one(String setting, String url, Configuration configuration, Path directory, Clock clock) {
        return new TaskStoreFactory(configuration, directory, clock).open(setting, url);
    }

    /** See {@link ScheduleAccess#of}. */
    static ScheduleAccess schedulesOnly(Configuration configuration, Path directory, Clock clock) {
        TaskStoreFactory opening = new TaskStoreFactory(configuration, directory, clock);
        ScheduleStore store = opening.schedules(TaskSettings.brokerUrl(configuration, directory));
        return new ScheduleAccess(store, List.copyOf(opening.opened.values()));
    }

    private TaskStores composite() {
        String brokerUrl = TaskSettings.brokerUrl(configuration, directory);
        String resultsUrl = or("STEM_RESULT_BACKEND_URL", brokerUrl);
        TaskStores main = location("STEM_BROKER_URL", brokerUrl);
        TaskStores results = location("STEM_RESULT_BACKEND_URL", resultsUrl);
        ScheduleStore schedules = schedules(brokerUrl);
        TaskStores revocations = location("STEM_REVOKE_STORE_URL", or("STEM_REVOKE_STORE_URL", resultsUrl));
        if (opened.size() == 1 && schedules == main.schedules()) {
            return main;
        }
        TaskStores.StoreSet storeSet = new TaskStores.StoreSet(
                results == main ? main.broker() : new SplitResultBroker(main.broker(), results.results(), clock),
                results.results(),
                schedules,
                main.locks(),
                revocations.revocations(),
                main.rates());
        return new Composite(storeSet, new ArrayList<>(opened.values()));
    }

    /** A store's URL goes before a file; without either they are with the broker. */
    private ScheduleStore schedules(String brokerUrl) {
        String file = configuration.text("STEM_SCHEDULE_FILE");
        if (!file.isEmpty() && TaskSettings.url(configuration, "STEM_SCHEDULE_STORE_URL") == null) {
            return new FileScheduleStore(new ConfiguredPath(directory.resolve(file), "STEM_SCHEDULE_FILE"));
        }
        return location("STEM_SCHEDULE_STORE_URL", or("STEM_SCHEDULE_STORE_URL", brokerUrl))
                .schedules();
    }

    private String or(String setting, String fallback) {
        String url = TaskSettings.url(configuration, setting);
        return url == null ? fallback : url;
    }

    private TaskStores location(String setting, String url) {
        TaskStores open = opened.get(url);
        if (open == null) {
            open = open(setting, url);
            opened.put(url, open);
        }
        return open;
    }

    /** What the operator has set: without a URL the store is the broker's, and without the broker's it lies in the state folder. */
    private String leadingTo(String setting) {
        return Stream.of(setting, "STEM_BROKER_URL")
                .filter(name -> TaskSettings.url(configuration, name) != null)
                .findFirst()
                .orElse("STEM_STATE_DIR");
    }

    private TaskStores open(String setting, String url) {
        int colon = url.indexOf(':');
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "memory" -> new MemoryStores(clock);
            case "sqlite" ->
                file(leadingTo(setting), url.substring(colon + 1))
                        .open(file -> EmbeddedStores.open(
                                file,
                                configuration.duration("STEM_RESULT_RETENTION"),
                                (int) configuration.count("STEM_MAX_ENVELOPE_BYTES"),
                                clock));
            case "redis", "rediss" -> redis(setting, url);
            default ->
                throw new ConfigurationRefused(List.of(setting + (scheme.isEmpty() ? "" : " (" + scheme + ":)")
                        + " names no store: use redis://, rediss://, sqlite: or memory:"));
        };
    }

    private TaskStores redis(String setting, String url) {
        try {
            return RedisStores.open(
                    url,
                    RedisTls.of(configuration, directory, clock),
                    configuration.text("STEM_NAMESPACE"),
                    configuration.duration("STEM_RESULT_RETENTION"),
                    (int) configuration.count("STEM_MAX_ENVELOPE_BYTES"),
                    clock);
        } catch (TlsRefused e) {
            throw new ConfigurationRefused(e.sentences());
        } catch (ConfigurationRefused e) {
            throw new ConfigurationRefused(e.sentences().stream()
                    .map(fault -> fault.startsWith("STEM_") ? fault : setting + ": " + fault)
                    .toList());
        }
    }

    /** {@code sqlite:PATH}, and {@code sqlite:///PATH} for absolute ones. */
    private ConfiguredPath file(String setting, String path) {
        String plain = path.startsWith("//") ? path.substring(2) : path;
        if (plain.isEmpty()) {
            throw new ConfigurationRefused(List.of(setting + " names no file: write sqlite:PATH"));
        }
        Path file = directory.resolve(plain).toAbsolutePath().normalize();
        Path folder = file.getParent();
        if (folder != null && !Files.exists(folder)) {
            new ConfiguredPath(folder, setting).open(missing -> {
                OwnerOnlyFiles.createDirectory(missing);
                return missing;
            });
        }
        return new ConfiguredPath(file, setting);
    }

    /** Told when this process holds an embedded store and a write to the disk failed: the process must end soon after. */
    public static void onFatal(TaskStores stores, Consumer<Throwable> listener) {
        switch (stores) {
            case EmbeddedStores embedded -> embedded.onFatal(listener);
            case Composite joined -> joined.opened().forEach(each -> onFatal(each, listener));
            default -> {}
        }
    }
}
