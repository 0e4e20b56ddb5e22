package bulwark.gateway.balance;

import bulwark.kernel.network.AddressGuard;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every upstream that names a health path, regularly. Two failures in a row take it out of its group, two successes bring it back. An upstream without such a path is judged by its circuit breaker
 * alone. Thread-safe.
 */
public final class HealthMonitor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthMonitor.class);

    private final UpstreamDirectory upstreams;
    private final UpstreamHealthCheck check;
    private final Duration interval;
    private final Duration deadline;
    private final ExecutorService checks = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread rounds = Thread.ofVirtual().name("health").unstarted(this::run);

    /**
     * Begins at once.
     *
     * @param interval between two rounds, from the end of the one to the beginning of the next
     * @param timeout of one check's connection, and of each of its reads; the whole check has twice as long
     */
    public HealthMonitor(UpstreamDirectory upstreams, AddressGuard guard, Duration interval, Duration timeout) {
        this.upstreams = upstreams;
        this.check = new UpstreamHealthCheck(guard, upstreams.tls(), timeout);
        this.interval = interval;
        this.deadline = timeout.multipliedBy(2);
        rounds.start();
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                // An upstream that keeps its check busy is interrupted, which fails the check and lets the others have
                // theirs.
                checks.invokeAll(
                        upstreams.servers().stream()
                                .filter(server -> server.healthPath() != null)
                                .map(server -> Executors.callable(() -> check(server)))
                                .toList(),
                        deadline.toMillis(),
                        TimeUnit.MILLISECONDS);
                Thread.sleep(interval);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(UpstreamServer server) {
        String path = server.healthPath();
        if (path == null) {
            return;
        }
        boolean before = server.isHealthy();
        server.checked(check.passes(server, path));
        if (before != server.isHealthy()) {
            LOG.warn("the upstream {} is {} by its health check", server.name(), before ? "down" : "up again");
        }
    }

    @Override
    public void close() {
        rounds.interrupt();
        List<Runnable> waiting = checks.shutdownNow();
        if (!waiting.isEmpty()) {
            LOG.debug("{} health checks were not made", waiting.size());
        }
    }
}
