package bulwark.gateway.control;

import bulwark.gateway.control.webhook.WebhookSender;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.web.AuditedRoutes;
import bulwark.web.Service;
import java.util.List;
import java.util.stream.Stream;

/** Every metric of a control plane. */
public final class ControlMetrics {
    /** Prefix of what the edge counts. */
    static final String NAME = "stoa_control";

    static final MetricDescription GATEWAYS_ONLINE =
            MetricDescription.gauge("stoa_control_gateways_online", "gateways whose last heartbeat is recent");
    static final MetricDescription GATEWAYS_AHEAD = MetricDescription.gauge(
            "stoa_control_gateways_ahead",
            "gateways that carry out a snapshot newer than this control plane's: it was restored from an older backup");
    static final MetricDescription GENERATION =
            MetricDescription.gauge("stoa_control_generation", "number of the newest snapshot");

    public static final List<MetricDescription> ALL = Stream.of(
                    Service.metrics(NAME),
                    AuditedRoutes.metrics(NAME),
                    List.of(GATEWAYS_ONLINE, GATEWAYS_AHEAD, GENERATION, ControlSecrets.AGE),
                    WebhookSender.METRICS)
            .flatMap(List::stream)
            .toList();

    private ControlMetrics() {}
}
