package bulwark.gateway;

import bulwark.gateway.admin.AdminTokens;
import bulwark.gateway.credential.SecretAges;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.EffectiveSetting;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.secrets.SecretBytes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the secrets of the settings while the gateway runs: files are read again every second and when asked to, so that a rotation needs no restart. Settings that are wrong for a while
 * change nothing. Thread-safe.
 */
final class LiveSecrets implements AutoCloseable {
    private static final String AGE = "stoa_secret_age_seconds";
    private static final String EXPOSED = "stoa_secrets_in_environment";

    static final List<MetricDescription> METRICS = List.of(
            MetricDescription.gauge(AGE, "since when a secret has its value, over restarts", "secret"),
            MetricDescription.gauge(EXPOSED, "secrets that stand in the environment of the process and not in a file"));

    private static final Logger LOG = LoggerFactory.getLogger(LiveSecrets.class);
    private static final long POLL_MILLIS = 1_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final List<String> FOLLOWED = List.of("STOA_ADMIN_API_TOKEN", "STOA_ADMIN_API_TOKEN_PREVIOUS");
    private static final String HIDDEN = "[secret]";
    private static final String ENVIRONMENT = "environment";

    private final Supplier<Configuration> settings;
    private final AdminTokens tokens;
    private final SecretAges ages;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread = EssentialThread.virtual("live-secrets", this::run);
    private String problem = "";

    private LiveSecrets(Supplier<Configuration> settings, AdminTokens tokens, SecretAges ages) {
        this.settings = settings;
        this.tokens = tokens;
        this.ages = ages;
    }

    /** @param first what the gateway started with */
    static LiveSecrets follow(
            Configuration first,
            Supplier<Configuration> settings,
            AdminTokens tokens,
            SecretAges ages,
            Metrics metrics) {
        LiveSecrets live = new LiveSecrets(settings, tokens, ages);
        ages.observe(values(first));
        List<String> exposed = inEnvironment(first);
        for (String name : exposed) {
            LOG.warn(
                    "{} stands in the environment of this process, where other programs of its user can read it; put it into a file and set {}_FILE.",
                    name,
                    name);
        }
        metrics.gauge(EXPOSED, exposed::size);
        values(first).keySet().forEach(name -> metrics.gauge(AGE, () -> ages.seconds(name), "secret", label(name)));
        live.thread.start();
        return live;
    }

    private static String label(String name) {
        return name.substring("STOA_".length()).toLowerCase(java.util.Locale.ROOT);
    }

    private static Map<String, SecretBytes> values(Configuration settings) {
        Map<String, SecretBytes> values = new LinkedHashMap<>();
        for (String name : FOLLOWED) {
            settings.secret(name).ifPresent(secret -> values.put(name, secret));
        }
        return values;
    }

    /** Names of settings whose secret the environment itself holds. */
    static List<String> inEnvironment(Configuration settings) {
        return settings.effective().stream()
                .filter(setting -> setting.source().equals(ENVIRONMENT) && isSecret(setting))
                .map(EffectiveSetting::name)
                .toList();
    }

    /** A URL with a password is one too. */
    private static boolean isSecret(EffectiveSetting setting) {
        return setting.value().equals(HIDDEN)
                || setting.name().equals("STOA_REDIS_URL") && setting.value().contains("@");
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
            if (tokens.rotate(now)) {
                LOG.info("The admin token was replaced; the former one is accepted for five minutes more.");
            }
            ages.observe(values(now));
            problem = "";
        } catch (OperatorError e) {
            String sentence = String.valueOf(e.getMessage());
            if (!sentence.equals(problem)) {
                LOG.warn("The settings cannot be read again, and what was read before stays: {}", sentence);
            }
            problem = sentence;
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }
}
