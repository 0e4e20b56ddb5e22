package bulwark.gateway.control;

import bulwark.gateway.control.identity.StoredKeyAges;
import bulwark.gateway.credential.SecretAges;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.secret.CurrentSecrets;
import bulwark.gateway.secret.KeyFiles;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.StoreFailed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
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
 * Follows the secrets of a control plane: settings and their files are read again every second, so that the operator's key is replaced without a restart, and the age of each secret and of the
 * keys that callers hold is shown. Settings that are wrong for a while change nothing. Thread-safe.
 */
final class ControlSecrets implements AutoCloseable {
    static final MetricDescription AGE = MetricDescription.gauge(
            "stoa_secret_age_seconds",
            "since when a secret, a key or a certificate is the one that it is, over restarts; of consumers', service accounts' and gateways' keys the oldest that works",
            "secret");

    private static final Logger LOG = LoggerFactory.getLogger(ControlSecrets.class);
    private static final long POLL_MILLIS = 1_000;
    /** A look at all keys takes no more than a twentieth of the time. */
    private static final int REST_AFTER_LOOK = 19;

    private static final Duration MAX_BETWEEN_LOOKS = Duration.ofMinutes(1);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Supplier<Configuration> settings;
    private final RotatedSecret operatorKey;
    private final CurrentSecrets current;
    private final KeyFiles keys;
    private final SecretAges ages;
    private final StoredKeyAges stored;
    private final Metrics metrics;
    private final Set<String> shown = new HashSet<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread = EssentialThread.virtual("control-secrets", this::run);
    private volatile boolean changed;
    private long looked = System.nanoTime();
    private long lookNanos;
    private String problem = "";

    /** What is followed. */
    record Followed(RotatedSecret operatorKey, KeyFiles keys, SecretAges ages, StoredKeyAges stored) {}

    private ControlSecrets(Supplier<Configuration> settings, Followed followed, Metrics metrics) {
        this.settings = settings;
        this.operatorKey = followed.operatorKey;
        this.current = new CurrentSecrets(settings.get());
        this.keys = followed.keys;
        this.ages = followed.ages;
        this.stored = followed.stored;
        this.metrics = metrics;
    }

    /** Files of keys of a control plane. */
    static KeyFiles keys(Configuration settings, Path directory, Path state) {
        return new KeyFiles(
                settings,
                directory,
                Map.of("webhook_key", state.resolve("webhook.key")),
                Map.of(
                        "token_signing_key", LocalTokenIssuer.ring(state),
                        "snapshot_signing_key", state.resolve("control-snapshot.keys")));
    }

    static ControlSecrets follow(Supplier<Configuration> settings, Followed followed, Metrics metrics) {
        ControlSecrets secrets = new ControlSecrets(settings, followed, metrics);
        StoredKeyAges.holders().forEach((kind, label) -> secrets.show(label, () -> followed.stored.seconds(kind)));
        secrets.observe();
        secrets.look();
        secrets.thread.start();
        return secrets;
    }

    /** Keys of callers changed; short. */
    void signal() {
        changed = true;
    }

    private void observe() {
        Map<String, SecretBytes> values = new TreeMap<>(current.all());
        values.putAll(keys.contents());
        ages.observe(values);
        values.keySet().forEach(name -> show(label(name), () -> ages.seconds(name)));
    }

    private void show(String label, DoubleSupplier age) {
        if (shown.add(label)) {
            metrics.gauge(AGE.name(), age, "secret", label);
        }
    }

    private static String label(String name) {
        return name.startsWith("STOA_") ? name.substring("STOA_".length()).toLowerCase(Locale.ROOT) : name;
    }

    private void look() {
        long start = System.nanoTime();
        changed = false;
        try {
            stored.look();
        } catch (StoreFailed e) {
            LOG.warn("The ages of keys cannot be read, and those of the last look stay: {}", e.getMessage());
        }
        looked = System.nanoTime();
        lookNanos = looked - start;
    }

    private void run() {
        try {
            while (!stop.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                reload();
                long rested = System.nanoTime() - looked;
                if (rested > MAX_BETWEEN_LOOKS.toNanos() || changed && rested > REST_AFTER_LOOK * lookNanos) {
                    look();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void reload() {
        try {
            Configuration now = settings.get();
            if (operatorKey.rotate(now)) {
                LOG.info("The operator's key was replaced; the former one is accepted for five minutes more.");
            }
            current.replace(now);
            problem = "";
        } catch (OperatorError e) {
            String sentence = String.valueOf(e.getMessage());
            if (!sentence.equals(problem)) {
                LOG.warn("The settings cannot be read again, and what was read before stays: {}", sentence);
            }
            problem = sentence;
        }
        observe();
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }
}
