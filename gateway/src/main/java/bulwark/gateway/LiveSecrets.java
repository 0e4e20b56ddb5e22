package bulwark.gateway;

import bulwark.gateway.apikey.ConsumerKeys;
import bulwark.gateway.credential.BackendCredentials;
import bulwark.gateway.credential.SecretAges;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.redis.RedisSettings;
import bulwark.gateway.secret.CurrentSecrets;
import bulwark.gateway.secret.KeyFiles;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.evidence.store.AuditedStore.Layout;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.StoreFailed;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows secrets while the gateway runs: settings, their files and the folder of secrets are read again every second and when asked to, so that a rotation needs no restart. Settings that are
 * wrong for a while change nothing. Thread-safe.
 */
final class LiveSecrets implements AutoCloseable {
    private static final String AGE = "stoa_secret_age_seconds";
    private static final String EXPOSED = "stoa_secrets_in_environment";

    static final List<MetricDescription> METRICS = List.of(
            MetricDescription.gauge(
                    AGE,
                    "since when a secret, a key or a certificate is the one that it is, over restarts; of consumers' credentials and API keys the oldest",
                    "secret"),
            MetricDescription.gauge(EXPOSED, "secrets that stand in the environment of the process and not in a file"));

    private static final Logger LOG = LoggerFactory.getLogger(LiveSecrets.class);
    private static final long POLL_MILLIS = 1_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final String HIDDEN = "[secret]";
    private static final String ENVIRONMENT = "environment";
    private static final String CONSUMERS = "consumer_credentials";
    private static final String CONSUMER_KEYS = "consumer_api_keys";
    /** Looks at a store that holds many. */
    private static final int ROUNDS_BETWEEN_KEYS = 60;

    private final Supplier<Configuration> settings;
    private final Followed followed;
    private final SecretAges ages;
    private final Metrics metrics;
    private final Clock clock;
    private final Set<String> shown = new HashSet<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread = EssentialThread.virtual("live-secrets", this::run);
    private String problem = "";
    private int rounds;
    private volatile long oldestKeySeconds;

    /** What changes when a secret does, and what is only looked at. */
    record Followed(
            CurrentSecrets secrets,
            RotatedSecret tokens,
            BackendCredentials credentials,
            KeyFiles keys,
            ConsumerKeys consumerKeys) {}

    private LiveSecrets(
            Supplier<Configuration> settings, Followed followed, SecretAges ages, Metrics metrics, Clock clock) {
        this.settings = settings;
        this.followed = followed;
        this.ages = ages;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Those of a gateway, besides the secrets of its settings. */
    static KeyFiles keys(Configuration settings, Path directory, Path state) {
        Path store = Layout.keyFolder(GatewayStore.file(state));
        return new KeyFiles(
                settings,
                directory,
                Map.of("credential_encryption_key", state.resolve("credential.key")),
                Map.of(
                        "token_signing_key", LocalTokenIssuer.ring(state),
                        "snapshot_signing_key", state.resolve("snapshot.keys"),
                        "log_signing_key", store.resolve("log")));
    }

    /** @param first what the gateway started with */
    static LiveSecrets follow(
            Configuration first,
            Supplier<Configuration> settings,
            Followed followed,
            SecretAges ages,
            Metrics metrics,
            Clock clock) {
        LiveSecrets live = new LiveSecrets(settings, followed, ages, metrics, clock);
        live.observe();
        List<String> exposed = inEnvironment(first);
        for (String name : exposed) {
            LOG.warn(
                    "{} stands in the environment of this process, where other programs of its user can read it; put it into a file and set {}_FILE.",
                    name,
                    name);
        }
        metrics.gauge(EXPOSED, exposed::size);
        live.thread.start();
        return live;
    }

    private void observe() {
        Map<String, SecretBytes> values = new TreeMap<>(followed.secrets.all());
        values.putAll(followed.keys.contents());
        values.putAll(followed.credentials.secrets());
        ages.observe(values);
        if (rounds++ % ROUNDS_BETWEEN_KEYS == 0) {
            observeConsumerKeys();
        }
        for (String name : values.keySet()) {
            if (name.startsWith(BackendCredentials.OF_CONSUMERS)) {
                show(CONSUMERS, () -> ages.oldest(BackendCredentials.OF_CONSUMERS));
            } else {
                show(label(name), () -> ages.seconds(name));
            }
        }
        followed.keys.made().keySet().forEach(ring -> show(ring, () -> sinceMade(ring)));
    }

    private void observeConsumerKeys() {
        try {
            oldestKeySeconds = followed.consumerKeys.oldestSeconds();
            show(CONSUMER_KEYS, () -> oldestKeySeconds);
        } catch (StoreFailed e) {
            LOG.warn("The age of consumers' keys cannot be read: {}", e.getMessage());
        }
    }

    private void show(String label, DoubleSupplier age) {
        if (shown.add(label)) {
            metrics.gauge(AGE, age, "secret", label);
        }
    }

    private double sinceMade(String ring) {
        Instant made = followed.keys.made().get(ring);
        return made == null
                ? Double.NaN
                : Math.max(0, Duration.between(made, clock.instant()).toSeconds());
    }

    private static String label(String name) {
        return name.startsWith("STOA_") ? name.substring("STOA_".length()).toLowerCase(Locale.ROOT) : name;
    }

    /** Names of settings whose secret the environment itself holds. */
    static List<String> inEnvironment(Configuration settings) {
        return settings.effective().stream()
                .filter(setting -> setting.source().equals(ENVIRONMENT) && isSecret(setting, settings))
                .map(EffectiveSetting::name)
                .toList();
    }

    /** A URL is one only with a password in it. */
    private static boolean isSecret(EffectiveSetting setting, Configuration settings) {
        return setting.value().equals(HIDDEN)
                && (!setting.name().equals(RedisSettings.URL)
                        || settings.secret(RedisSettings.URL)
                                .filter(RedisSettings::holdsPassword)
                                .isPresent());
    }

    private void run() {
        try {
            while (!stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                reload();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads the files again now. */
    synchronized void reload() {
        try {
            Configuration now = settings.get();
            if (followed.tokens.rotate(now)) {
                LOG.info("The admin token was replaced; the former one is accepted for five minutes more.");
            }
            followed.secrets.replace(now).forEach(name -> LOG.info("The secret of {} was replaced.", name));
            problem = "";
        } catch (OperatorError e) {
            String sentence = String.valueOf(e.getMessage());
            if (!sentence.equals(problem)) {
                LOG.warn("The settings cannot be read again, and what was read before stays: {}", sentence);
            }
            problem = sentence;
        }
        followed.credentials.reload();
        observe();
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }
}
