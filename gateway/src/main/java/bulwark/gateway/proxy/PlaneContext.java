package bulwark.gateway.proxy;

import bulwark.gateway.balance.RetryBudget;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.endpoint.EndpointTable;
import bulwark.gateway.route.CurrentRoutes;
import java.util.concurrent.atomic.AtomicInteger;

/** What all connections of a data plane share. Thread-safe. */
final class PlaneContext {
    final ProxyLimits limits;
    final CallPipeline pipeline;
    final EndpointTable endpoints;
    final CurrentRoutes<RouteTarget> routes;
    final RetryBudget retryBudget;
    final CallMetrics metrics;
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger upstreamConnections = new AtomicInteger();
    final ConnectionGate connections;
    final BufferBudget buffers;
    final StreamGate streams;
    volatile boolean draining;

    PlaneContext(
            ProxyLimits limits,
            CallPipeline pipeline,
            EndpointTable endpoints,
            CurrentRoutes<RouteTarget> routes,
            RetryBudget retryBudget,
            CallMetrics metrics) {
        this.limits = limits;
        this.pipeline = pipeline;
        this.endpoints = endpoints;
        this.routes = routes;
        this.retryBudget = retryBudget;
        this.metrics = metrics;
        PlaneCapacity capacity = limits.capacity();
        this.connections =
                new ConnectionGate(capacity.connections(), capacity.connectionsOfSource(), capacity.newPerSecond());
        this.buffers = new BufferBudget(capacity.bufferBytes());
        this.streams = new StreamGate(capacity.streams());
    }
}
