package bulwark.gateway.accesslog;

import bulwark.gateway.call.CallEndListener;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.GatewayCall;
import bulwark.kernel.metrics.MetricDescription;
import bulwark.kernel.metrics.Metrics;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line for each call that ended, health and metrics left out. Calls never wait for it: while its output is slower than they are, lines beyond some thousand are dropped and
 * counted. Thread-safe.
 */
public final class AccessLog implements CallEndListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    private static final String DROPPED = "stoa_access_log_dropped";
    private static final int MAX_WAITING = 8_192;
    private static final long CLOSE_TIMEOUT_MILLIS = 2_000;

    /** Everything that this counts. */
    public static final List<MetricDescription> METRICS = List.of(
            MetricDescription.counter(DROPPED, "lines of the access log that were dropped, since its output is slow"));

    private final BlockingQueue<GatewayCall> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Metrics metrics;
    private final Clock clock;
    private final OutputStream out;
    private final Thread writer;
    private volatile boolean closing;

    /** @param out is written to by this alone; not closed */
    public AccessLog(OutputStream out, Metrics metrics, Clock clock) {
        this.out = new BufferedOutputStream(out, 1 << 16);
        this.metrics = metrics;
        this.clock = clock;
        metrics.counter(DROPPED);
        writer = Thread.ofPlatform().daemon().name("access-log").start(this::write);
    }

    /** Hears of every call of the pipeline, after those that hear of it already. */
    public CallPipeline in(CallPipeline pipeline) {
        List<CallEndListener> listeners = new ArrayList<>(pipeline.ended());
        listeners.add(this);
        return pipeline.withEndListeners(listeners);
    }

    @Override
    public void ended(GatewayCall call) {
        if (call.route() == null && AccessLine.isProbe(call.head())) {
            return;
        }
        if (!waiting.offer(call)) {
            metrics.count(DROPPED);
        }
    }

    private void write() {
        try {
            while (!closing || !waiting.isEmpty()) {
                GatewayCall call = waiting.poll(100, TimeUnit.MILLISECONDS);
                if (call == null) {
                    continue;
                }
                for (GatewayCall next = call; next != null; next = waiting.poll()) {
                    out.write(AccessLine.of(next, clock.instant()).getBytes(StandardCharsets.UTF_8));
                }
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.error("the access log cannot be written any more, and calls go on without it", e);
        }
    }

    /** Writes what waits, for two seconds at most. */
    @Override
    public void close() {
        closing = true;
        try {
            writer.join(CLOSE_TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
