package bulwark.gateway.proxy;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.endpoint.EndpointTable;
import java.util.concurrent.atomic.AtomicInteger;

/** What all connections of a data plane share. Thread-safe. */
final class PlaneContext {
    final ProxyLimits limits;
    final CallPipeline pipeline;
    final EndpointTable endpoints;
    final CallMetrics metrics;
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger connections = new AtomicInteger();
    volatile boolean draining;

    PlaneContext(ProxyLimits limits, CallPipeline pipeline, EndpointTable endpoints, CallMetrics metrics) {
        this.limits = limits;
        this.pipeline = pipeline;
        this.endpoints = endpoints;
        this.metrics = metrics;
    }
}
