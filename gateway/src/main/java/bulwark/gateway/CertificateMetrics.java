package bulwark.gateway;

import bulwark.gateway.balance.UpstreamTls;
import bulwark.gateway.proxy.ListenerTls;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How long the certificates in use are good for. */
final class CertificateMetrics {
    private static final String EXPIRY = "stoa_cert_expiry_seconds";

    static final List<MetricDescription> DESCRIPTIONS =
            List.of(MetricDescription.gauge(EXPIRY, "time until a certificate in use expires", "cert"));

    private CertificateMetrics() {}

    /** Of those that are configured. */
    static void register(Metrics metrics, @Nullable ListenerTls listener, UpstreamTls upstream, Clock clock) {
        if (listener != null) {
            metrics.gauge(EXPIRY, () -> left(listener.material().expires(), clock), "cert", "listener");
        }
        if (upstream.expires() != null) {
            metrics.gauge(EXPIRY, () -> left(upstream.expires(), clock), "cert", "upstream_client");
        }
    }

    private static double left(@Nullable Instant end, Clock clock) {
        return end == null ? Double.NaN : Duration.between(clock.instant(), end).toSeconds();
    }
}
