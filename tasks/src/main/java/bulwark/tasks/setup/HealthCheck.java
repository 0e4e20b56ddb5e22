package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.process.FileRefused;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.tls.TlsRefused;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at everything that a producer or worker with these settings needs, and says what it found and how to mend it. Nothing secret is in it. */
public final class HealthCheck {
    private final Configuration configuration;
    private final Path directory;
    private final Clock clock;
    private final List<Finding> findings = new ArrayList<>();

    public enum Status {
        OK,
        WARNING,
        ERROR
    }

    /** @param context what was used, by name */
    public record Finding(String component, Status status, String message, Map<String, String> context) {}

    private HealthCheck(Configuration configuration, Path directory, Clock clock) {
        this.configuration = configuration;
        this.directory = directory;
        this.clock = clock;
    }

    /** @param backend also the result backend */
    public static List<Finding> run(Configuration configuration, Path directory, Clock clock, boolean backend) {
        HealthCheck health = new HealthCheck(configuration, directory, clock);
        health.signing();
        health.findings.addAll(new TlsHealthCheck(configuration, directory, clock).findings());
        health.stores(backend);
        return List.copyOf(health.findings);
    }

    private void note(String component, Status status, String message) {
        findings.add(new Finding(component, status, message, Map.of()));
    }

    private void signing() {
        try {
            EnvelopeSigning signing = EnvelopeSigning.of(configuration, Signing.fastest());
            signing.describe().forEach(line -> note("signing", Status.OK, line));
            if (!signing.canVerify()) {
                note(
                        "signing",
                        Status.WARNING,
                        "no key: what this process sends is unsigned, and a worker with these settings refuses to start"
                                + " (stem keygen hmac or ed25519 makes keys)");
            } else if (!signing.canSign()) {
                note("signing", Status.OK, "verifies and cannot sign: right for a worker, not for a producer");
            }
        } catch (ConfigurationRefused refused) {
            refused.sentences().forEach(problem -> note("signing", Status.ERROR, problem));
        }
    }

    private void stores(boolean backend) {
        String brokerUrl = TaskSettings.brokerUrl(configuration, directory);
        checkStore("broker", "STEM_BROKER_URL", brokerUrl, stores -> {
            Broker broker = stores.broker();
            broker.checkWritable();
            return broker.durabilityWarnings();
        });
        String results = TaskSettings.url(configuration, "STEM_RESULT_BACKEND_URL");
        if (backend && results != null) {
            checkStore("backend", "STEM_RESULT_BACKEND_URL", results, stores -> {
                stores.results().get("health");
                return List.of();
            });
        }
        String schedules = TaskSettings.url(configuration, "STEM_SCHEDULE_STORE_URL");
        if (schedules != null) {
            checkStore("schedule store", "STEM_SCHEDULE_STORE_URL", schedules, stores -> {
                stores.schedules().nextDue();
                return List.of();
            });
        }
    }

    private interface Probe {
        List<Broker.DurabilityWarning> of(TaskStores stores);
    }

    private void checkStore(String component, String setting, String url, Probe probe) {
        try (TaskStores stores = TaskStoreFactory.one(setting, url, configuration, directory, clock)) {
            List<Broker.DurabilityWarning> risks = probe.of(stores);
            note(component, Status.OK, "Connected to " + RedactedUrl.redacted(url));
            boolean allowed = configuration.flag("STEM_ALLOW_LOSSY_BROKER");
            risks.forEach(
                    risk -> note(component, risk.fatal() && !allowed ? Status.ERROR : Status.WARNING, risk.sentence()));
        } catch (ConfigurationRefused | FileRefused refused) {
            refused.sentences().forEach(problem -> note(component, Status.ERROR, problem));
        } catch (BrokerUnavailable | TlsRefused failed) {
            findings.add(new Finding(component, Status.ERROR, sentence(failed), tls(url)));
        }
    }

    private static String sentence(RuntimeException failed) {
        @Nullable String message = failed.getMessage();
        return message == null ? failed.getClass().getSimpleName() : message;
    }

    /** What a handshake was tried with. */
    private Map<String, String> tls(String url) {
        if (!url.startsWith("rediss:")) {
            return Map.of();
        }
        Map<String, String> context = new LinkedHashMap<>();
        context.put("caCertificate", or("STEM_TLS_CA_CERT", "system"));
        context.put("clientCertificate", or("STEM_TLS_CLIENT_CERT", "not provided"));
        context.put("allowInsecure", String.valueOf(configuration.flag("STEM_TLS_ALLOW_INSECURE")));
        return context;
    }

    private String or(String name, String otherwise) {
        String value = configuration.text(name);
        return value.isEmpty() ? otherwise : value;
    }
}
