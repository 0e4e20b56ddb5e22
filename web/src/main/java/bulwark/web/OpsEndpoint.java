package bulwark.web;

import bulwark.kernel.metrics.Metrics;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A listener of its own for {@link OpsRoutes}, for a process that serves nothing else over the network. Thread-safe. */
public final class OpsEndpoint implements AutoCloseable {
    private final @Nullable Edge edge;
    private final int port;

    private OpsEndpoint(@Nullable Edge edge, int port) {
        this.edge = edge;
        this.port = port;
    }

    /**
     * @param name prefix of the metric names
     * @param port 0: nothing listens
     * @throws Edge.EdgeFailed with a sentence when the port cannot be had
     */
    public static OpsEndpoint listen(String name, String host, int port, Metrics metrics, Supplier<Health> health) {
        if (port == 0) {
            return new OpsEndpoint(null, 0);
        }
        Edge edge = Edge.create();
        try {
            Service service = Service.open(name, OpsRoutes.of(metrics, health), metrics);
            return new OpsEndpoint(edge, edge.listenPlain(service, host, port));
        } catch (RuntimeException e) {
            edge.close();
            throw e;
        }
    }

    /** 0 when nothing listens. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        if (edge != null) {
            edge.close();
        }
    }
}
