package bulwark.gateway;

import bulwark.kernel.metrics.MetricDescription;
import java.util.List;

/** Every metric of a gateway. */
public final class GatewayMetrics {
    public static final List<MetricDescription> ALL = List.of();

    private GatewayMetrics() {}
}
