package bulwark.gateway;

import bulwark.gateway.proxy.CallMetrics;
import bulwark.kernel.metrics.MetricDescription;
import java.util.List;

/** Every metric of a gateway. */
public final class GatewayMetrics {
    public static final List<MetricDescription> ALL = CallMetrics.DESCRIPTIONS;

    private GatewayMetrics() {}
}
