package bulwark.gateway;

import bulwark.gateway.accesslog.AccessLog;
import bulwark.gateway.admin.AdminApi;
import bulwark.gateway.caller.GatewayIdentity;
import bulwark.gateway.egress.StoppedConnections;
import bulwark.gateway.enforcement.PolicyMetrics;
import bulwark.gateway.evidence.DecisionJournal;
import bulwark.gateway.feed.ControlPlaneLink;
import bulwark.gateway.opensearch.OpenSearchSink;
import bulwark.gateway.proxy.CallMetrics;
import bulwark.gateway.quota.GatewayQuotas;
import bulwark.kernel.metrics.MetricDescription;
import java.util.List;
import java.util.stream.Stream;

/** Every metric of a gateway. */
public final class GatewayMetrics {
    public static final List<MetricDescription> ALL = Stream.of(
                    CallMetrics.DESCRIPTIONS,
                    StoppedConnections.METRICS,
                    AccessLog.METRICS,
                    GatewayIdentity.METRICS,
                    GatewayQuotas.METRICS,
                    PolicyMetrics.DESCRIPTIONS,
                    LiveSecrets.METRICS,
                    DecisionJournal.METRICS,
                    ControlPlaneLink.METRICS,
                    OpenSearchSink.METRICS,
                    CertificateMetrics.DESCRIPTIONS,
                    AdminApi.metrics())
            .flatMap(List::stream)
            .toList();

    private GatewayMetrics() {}
}
