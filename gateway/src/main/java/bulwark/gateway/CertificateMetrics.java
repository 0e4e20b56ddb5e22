package bulwark.gateway;

import bulwark.gateway.balance.UpstreamTls;
import bulwark.gateway.proxy.ListenerTls;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which certificates are in use, and how long they are good for. */
final class CertificateMetrics {
    private static final String EXPIRY = "stoa_cert_expiry_seconds";
    private static final String IN_USE = "stoa_cert_in_use";
    private static final String UPSTREAM = "upstream_client";

    static final List<MetricDescription> DESCRIPTIONS = List.of(
            MetricDescription.gauge(EXPIRY, "time until a certificate in use expires", "cert"),
            MetricDescription.gauge(
                    IN_USE,
                    "1 for the certificate in use, 0 for a former one; the fingerprint is the SHA-256 of its DER",
                    "cert",
                    "fingerprint"));

    private CertificateMetrics() {}

    /** Of those that are configured. */
    static void register(Metrics metrics, @Nullable ListenerTls listener, UpstreamTls upstream, Clock clock) {
        if (listener != null) {
            metrics.gauge(EXPIRY, () -> left(listener.material().expires(), clock), "cert", "listener");
        }
        if (upstream.expires() != null) {
            metrics.gauge(EXPIRY, () -> left(upstream.expires(), clock), "cert", UPSTREAM);
            inUse(metrics, UPSTREAM, upstream::fingerprint);
            upstream.onReload(() -> inUse(metrics, UPSTREAM, upstream::fingerprint));
        }
    }

    /** The certificate that is in use now gets its gauge, if it has none. */
    private static void inUse(Metrics metrics, String name, Supplier<@Nullable String> present) {
        String fingerprint = present.get();
        if (fingerprint != null) {
            metrics.gauge(
                    IN_USE, () -> fingerprint.equals(present.get()) ? 1 : 0, "cert", name, "fingerprint", fingerprint);
        }
    }

    private static double left(@Nullable Instant end, Clock clock) {
        return end == null ? Double.NaN : Duration.between(clock.instant(), end).toSeconds();
    }
}
