package bulwark.gateway.proxy;

import bulwark.gateway.call.TraceContext;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http2.Http2AnswerReader;
import bulwark.gateway.http2.Http2RequestReader;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the connections of one event loop share: readers, writers, scratch memory, time. Used on that loop alone. */
final class LoopWorker {
    private static final Logger LOG = LoggerFactory.getLogger(LoopWorker.class);
    private static final long TICK_MILLIS = 100;
    private static final long FIRST_RETRY_DELAY_MILLIS = 100;
    private static final long MAX_RETRY_DELAY_MILLIS = 1_000;
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    final EventLoop loop;
    final HeadReader requests;
    final Http2RequestReader http2Requests;
    final Http2AnswerReader http2Answers;
    final HeadReader answers;
    final byte[] scratch;
    final HeadWriter writer = new HeadWriter();
    final UpstreamPool pool;
    final UpstreamConnector connector;
    private final SplittableRandom random;
    private final BufferBudget buffers;
    private final Clock clock;
    final LongSupplier time;
    private final List<TimedConnection> connections = new ArrayList<>();
    private long dateSecond = Long.MIN_VALUE;
    private byte[] dateLine = new byte[0];

    LoopWorker(EventLoop loop, PlaneContext plane, UpstreamConnector connector, PlaneTime time, long seed) {
        ProxyLimits limits = plane.limits;
        this.buffers = plane.buffers;
        this.loop = loop;
        this.connector = connector;
        this.pool = new UpstreamPool(limits.idlePerOrigin());
        this.requests = new HeadReader(limits.heads());
        this.http2Requests = new Http2RequestReader(limits.heads());
        this.http2Answers = new Http2AnswerReader(limits.heads());
        this.answers = new HeadReader(limits.heads());
        this.scratch = new byte[limits.heads().maxBytes() + 1];
        this.clock = time.wall();
        this.time = time.nanos();
        this.random = new SplittableRandom(seed);
    }

    void start() {
        loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long now = nanos();
        buffers.look();
        // Backwards, since a connection that is closed leaves the list.
        for (int i = connections.size() - 1; i >= 0; i--) {
            if (i < connections.size()) {
                tick(connections.get(i), now);
            }
        }
    }

    /** A fault at one connection must not stop the time of all others. */
    private static void tick(TimedConnection connection, long now) {
        try {
            connection.tick(now);
        } catch (RuntimeException e) {
            LOG.error("a connection failed as time passed and is closed", e);
            connection.abort();
        }
    }

    /** Never goes back. */
    long nanos() {
        return time.getAsLong();
    }

    void opened(TimedConnection connection) {
        connection.index = connections.size();
        connections.add(connection);
    }

    void closed(TimedConnection connection) {
        int last = connections.size() - 1;
        if (connection.index < 0 || connection.index > last || connections.get(connection.index) != connection) {
            return;
        }
        TimedConnection moved = connections.remove(last);
        if (moved != connection) {
            connections.set(connection.index, moved);
            moved.index = connection.index;
        }
        connection.index = -1;
    }

    List<TimedConnection> connections() {
        return List.copyOf(connections);
    }

    /** {@code Date: …} with its line end. */
    byte[] dateLine() {
        long second = clock.millis() / 1_000;
        if (second != dateSecond) {
            dateSecond = second;
            dateLine = ("Date: " + DATE.format(Instant.ofEpochSecond(second)) + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
        }
        return dateLine;
    }

    /** 100 ms, doubled for each try, at most a second, spread by a tenth so that calls do not come back together. @param tries from 1 */
    long retryDelayMillis(int tries) {
        long delay = Math.min(MAX_RETRY_DELAY_MILLIS, FIRST_RETRY_DELAY_MILLIS << Math.min(10, tries - 1));
        return delay + random.nextLong(delay / 5 + 1) - delay / 10;
    }

    /** A new trace, or a new span of the caller's. @param traceparent that the caller sent, or empty */
    TraceContext trace(String traceparent) {
        TraceContext caller = traceparent.isEmpty() ? null : Traceparent.parse(traceparent);
        long span = nonZero();
        return caller == null
                ? new TraceContext(nonZero(), nonZero(), span, true, false)
                : new TraceContext(caller.traceHigh(), caller.traceLow(), span, caller.sampled(), true);
    }

    private long nonZero() {
        long number = random.nextLong();
        return number == 0 ? 1 : number;
    }
}
