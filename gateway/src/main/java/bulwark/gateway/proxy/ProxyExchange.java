package bulwark.gateway.proxy;

import bulwark.gateway.balance.CircuitBreaker.Permit;
import bulwark.gateway.balance.UpstreamServer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute.Timeouts;
import bulwark.kernel.network.GuardDecision;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call that is forwarded: takes the request to an upstream and its answer back, on the event loop of both. */
final class ProxyExchange implements RequestBodyConsumer, UpstreamConnector.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyExchange.class);
    private static final int MAX_RETRIES = 2;
    private static final int MAX_JOINED_BODY_BYTES = 8_192;

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final ClientConnection client;
    private final GatewayCall call;
    private final RouteTarget target;
    private final int rest;
    private final Timeouts timeouts;

    private @Nullable UpstreamServer server;
    private @Nullable UpstreamServer failedServer;
    private @Nullable UpstreamConnection upstream;
    private Permit permit = Permit.PASS;
    private boolean bodyStarted;
    private boolean taken;
    private boolean requestSent;
    private boolean answerBegun;
    private boolean finished;
    private boolean tunnel;
    private boolean retrying;
    private int retries;
    private ProxiedHead.Framing framing = ProxiedHead.Framing.NO_BODY;
    private long requestBytes;
    private long responseBytes;
    private long sentNanos;
    private long deadlineNanos;
    private boolean timed;
    private final long totalDeadlineNanos;
    private boolean totalLimited;

    ProxyExchange(
            PlaneContext plane,
            LoopWorker worker,
            ClientConnection client,
            GatewayCall call,
            RouteTarget target,
            int rest) {
        this.plane = plane;
        this.worker = worker;
        this.client = client;
        this.call = call;
        this.target = target;
        this.rest = rest;
        this.timeouts = target.route().timeouts();
        this.totalLimited = !timeouts.total().isZero();
        this.totalDeadlineNanos =
                totalLimited ? call.startNanos() + timeouts.total().toNanos() : 0;
    }

    void start() {
        UpstreamServer chosen = target.group().choose(failedServer);
        if (chosen == null && failedServer != null) {
            chosen = target.group().choose(null);
        }
        if (chosen == null) {
            UpstreamServer stopped = target.group().stoppedByBreaker();
            refuse(stopped == null ? new GatewayRefusal.NoUpstream() : open(stopped));
            return;
        }
        Permit given = chosen.breaker().acquire();
        if (given == Permit.REFUSED) {
            refuse(open(chosen));
            return;
        }
        permit = given;
        server = chosen;
        chosen.began();
        UpstreamConnection pooled = worker.pool.take(chosen);
        if (pooled != null && pooled.isActive()) {
            send(pooled);
        } else {
            timed = false; // The connector has its own timeout.
            worker.connector.connect(chosen, worker, timeouts.connect(), this);
        }
    }

    private static GatewayRefusal open(UpstreamServer stopped) {
        return new GatewayRefusal.CircuitOpen(stopped.name(), stopped.breaker().retryAfterSeconds());
    }

    @Override
    public void connected(UpstreamConnection connection) {
        if (finished) {
            connection.close();
        } else {
            send(connection);
        }
    }

    @Override
    public void blocked(GuardDecision.Blocked why) {
        if (finished) {
            return;
        }
        plane.metrics.blocked(why.code());
        LOG.warn(
                "the address guard stopped a call on route {}: {}",
                target.route().id(),
                why.sentence());
        leaveServer(Verdict.NONE);
        refuse(new GatewayRefusal.BackendBlocked(why.code(), why.sentence()));
    }

    @Override
    public void failed(Throwable cause) {
        if (!finished) {
            leaveServer(Verdict.FAULT);
            retryOr(new GatewayRefusal.ConnectFailed(), true, true);
        }
    }

    private void send(UpstreamConnection connection) {
        UpstreamServer to = server;
        if (to == null) {
            connection.close();
            return;
        }
        upstream = connection;
        connection.begin(this);
        HeadWriter writer = worker.writer;
        ForwardHead.write(
                writer,
                call,
                to,
                rest,
                client.peerLines(),
                target.route().forwardAuthorization(),
                client.isWebSocketRequest());
        ByteBuf out = connection.context().alloc().directBuffer(writer.length());
        writer.writeTo(out);
        connection.write(out);
        sentNanos = System.nanoTime();
        limit(timeouts.firstByte());
        if (taken) {
            connection.flush();
        } else {
            taken = true;
            client.take(this);
        }
    }

    private void limit(Duration timeout) {
        timed = !timeout.isZero();
        deadlineNanos = System.nanoTime() + timeout.toNanos();
    }

    // The request's body.

    @Override
    public void data(ByteBuf data) {
        UpstreamConnection to = upstream;
        if (finished || to == null) {
            data.release();
            return;
        }
        bodyStarted = true;
        int count = data.readableBytes();
        requestBytes += count;
        if (requestBytes > plane.limits.bodyBytes()) {
            data.release();
            refuse(new GatewayRefusal.BodyTooLarge(plane.limits.bodyBytes()));
            return;
        }
        if (call.head().isChunked()) {
            ChunkWriter.write(to.context(), data);
        } else {
            to.write(data);
        }
        if (!answerBegun) {
            limit(timeouts.firstByte());
        }
        if (!to.isWritable()) {
            client.upstreamBlocked(true);
        }
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        UpstreamConnection to = upstream;
        if (finished || to == null) {
            return;
        }
        if (call.head().isChunked()) {
            ChunkWriter.writeLast(to.context(), worker, trailers);
        }
        requestSent = true;
        if (!answerBegun) {
            limit(timeouts.firstByte());
        }
        if (!client.isProcessing()) {
            to.flush();
        }
    }

    /** Sends on what was written, at the end of a batch of reads. */
    @Override
    public void flush() {
        UpstreamConnection to = upstream;
        if (to != null) {
            to.flush();
        }
    }

    /** The client is gone, or its body is wrong. */
    @Override
    public void cancelled() {
        if (!finished) {
            finish(Verdict.NONE);
        }
    }

    boolean isRequestSent() {
        return requestSent;
    }

    boolean isHeadRequest() {
        return call.head().method().equals("HEAD");
    }

    // The answer.

    /** @return whether a final answer follows */
    boolean interim(HeadReader reader, byte[] bytes) {
        if (reader.status() == 101) {
            return switched(reader, bytes);
        }
        if (call.head().minorVersion() == 1
                && (reader.status() == 100) == call.head().expectsContinue()) {
            HeadWriter writer = worker.writer;
            writer.clear();
            writer.put(StatusText.line(reader.status())).lineEnd();
            client.writeHead(writer);
            client.flush();
        }
        return true;
    }

    private boolean switched(HeadReader reader, byte[] bytes) {
        UpstreamConnection to = upstream;
        if (to == null || !client.isWebSocketRequest() || !reader.isUpgrade()) {
            answerMalformed("The upstream changed the protocol and was not asked to.");
            return false;
        }
        answerBegun = true;
        tunnel = true;
        timed = false;
        totalLimited = false;
        to.tunnel();
        framing = ProxiedHead.Framing.UPGRADE;
        client.beginAnswer(101, false);
        ProxiedHead.write(worker, reader, bytes, call, client.isTls(), framing, false, sentNanos - call.startNanos());
        client.writeHead(worker.writer);
        client.tunnel();
        client.flush();
        return false;
    }

    /** @param in what follows the head */
    void answerHead(HeadReader reader, byte[] bytes, boolean bodiless, ByteBuf in) {
        int status = reader.status();
        if ((status == 502 || status == 503) && canRetry(false)) {
            leaveServer(Verdict.FAULT);
            retryOr(new GatewayRefusal.BadGateway("The upstream answered " + status + "."), false, true);
            return;
        }
        answerBegun = true;
        boolean chunks = !bodiless && (reader.isChunked() || reader.contentLength() < 0);
        framing = bodiless
                ? ProxiedHead.Framing.NO_BODY
                : !chunks
                        ? ProxiedHead.Framing.LENGTH
                        : call.head().minorVersion() == 1 ? ProxiedHead.Framing.CHUNKED : ProxiedHead.Framing.CLOSE;
        boolean open = client.beginAnswer(status, framing != ProxiedHead.Framing.CLOSE);
        ProxiedHead.write(worker, reader, bytes, call, client.isTls(), framing, !open, sentNanos - call.startNanos());
        UpstreamServer from = server;
        if (from != null) {
            if (status >= 500) {
                countFault(from);
            } else {
                from.breaker().succeeded(permit);
            }
            permit = Permit.PASS;
        }
        long length = framing == ProxiedHead.Framing.LENGTH ? reader.contentLength() : -1;
        if (length >= 0 && length <= in.readableBytes() && length <= MAX_JOINED_BODY_BYTES) {
            int count = (int) length;
            ByteBuf out = client.allocate(worker.writer.length() + count);
            worker.writer.writeTo(out);
            out.writeBytes(in, count);
            responseBytes = count;
            client.write(out);
            UpstreamConnection to = upstream;
            if (to != null) {
                to.bodyTaken();
            }
        } else {
            client.writeHead(worker.writer);
        }
        if (isEventStream(reader, bytes)) {
            timed = false;
            totalLimited = false;
        } else {
            limit(timeouts.idle());
        }
    }

    private static boolean isEventStream(HeadReader reader, byte[] bytes) {
        for (int i = 0; i < reader.fieldCount(); i++) {
            if (bulwark.gateway.http1.Field.code(reader.field(i)) == HeaderName.CONTENT_TYPE) {
                return reader.valueStartsWith(reader.field(i), "text/event-stream");
            }
        }
        return false;
    }

    void answerData(ByteBuf data) {
        if (finished) {
            data.release();
            return;
        }
        responseBytes += data.readableBytes();
        if (timed) {
            deadlineNanos = System.nanoTime() + timeouts.idle().toNanos();
        }
        if (framing == ProxiedHead.Framing.CHUNKED) {
            ChunkWriter.write(client.context(), data);
        } else {
            client.write(data);
        }
        UpstreamConnection from = upstream;
        if (from != null && !client.isWritable()) {
            from.readAhead(false);
        }
    }

    /** The answer is whole, and its connection is in the pool again or closed. */
    void answerEnded(byte @Nullable [] trailers) {
        if (finished) {
            return;
        }
        upstream = null;
        if (framing == ProxiedHead.Framing.CHUNKED) {
            ChunkWriter.writeLast(client.context(), worker, trailers);
        }
        String name = server == null ? null : server.name();
        finish(Verdict.NONE);
        client.answerSent(name, responseBytes);
    }

    /** What the upstream sends is no answer. */
    void answerMalformed(String sentence) {
        if (finished) {
            return;
        }
        LOG.warn("an upstream of route {} broke HTTP: {}", target.route().id(), sentence);
        if (answerBegun) {
            tear();
        } else {
            refuse(new GatewayRefusal.BadGateway(sentence), Verdict.FAULT);
        }
    }

    /** The connection ended in the middle of an answer, or before it. */
    void upstreamClosed(UpstreamConnection connection, boolean wasTunnel) {
        upstream = null;
        if (finished) {
            return;
        }
        if (wasTunnel) {
            finish(Verdict.NONE);
            client.tunnelEnded();
        } else if (answerBegun) {
            tear();
        } else {
            boolean stale = connection.wasUsed() && !connection.hasBegun();
            leaveServer(stale ? Verdict.NONE : Verdict.FAULT);
            retryOr(
                    new GatewayRefusal.BadGateway("The upstream closed its connection before an answer."),
                    false,
                    !stale);
        }
    }

    void tunnelled(ByteBuf data) {
        responseBytes += data.readableBytes();
        client.write(data);
        UpstreamConnection from = upstream;
        if (from != null && !client.isWritable()) {
            from.readAhead(false);
        }
    }

    void tunnelFromClient(ByteBuf data) {
        UpstreamConnection to = upstream;
        if (to == null) {
            data.release();
            return;
        }
        requestBytes += data.readableBytes();
        to.write(data);
        if (!to.isWritable()) {
            client.upstreamBlocked(true);
        }
    }

    void flushClient() {
        client.flush();
    }

    void upstreamWritable(boolean writable) {
        client.upstreamBlocked(!writable);
    }

    @Override
    public void clientWritable(boolean writable) {
        UpstreamConnection from = upstream;
        if (from != null) {
            from.readAhead(writable);
        }
    }

    // Ends.

    private enum Verdict {
        NONE,
        FAULT
    }

    @Override
    public void tick(long nowNanos) {
        if (finished) {
            return;
        }
        UpstreamConnection to = upstream;
        // While the client sends, its own pace is the connection's to watch; an upstream that takes nothing is ours.
        boolean waiting = requestSent || answerBegun || to == null || !to.isWritable();
        boolean late = timed && waiting && nowNanos - deadlineNanos >= 0;
        if (late || totalLimited && nowNanos - totalDeadlineNanos >= 0) {
            if (answerBegun) {
                tear();
            } else {
                refuse(new GatewayRefusal.GatewayTimeout(), Verdict.FAULT);
            }
        }
    }

    private boolean canRetry(boolean nothingSent) {
        String method = call.head().method();
        boolean repeatable = nothingSent
                || method.equals("GET")
                || method.equals("HEAD")
                || method.equals("OPTIONS")
                || method.equals("DELETE");
        return repeatable && !bodyStarted && !call.head().hasBody() && retries < MAX_RETRIES && !client.isGone();
    }

    /** @param delayed whether the upstream is given time to come back */
    private void retryOr(GatewayRefusal refusal, boolean nothingSent, boolean delayed) {
        boolean may = canRetry(nothingSent) && (retrying || plane.retryBudget.acquire(plane.calls.get()));
        if (!may) {
            refuse(refusal);
            return;
        }
        retrying = true;
        retries++;
        plane.metrics.retried();
        timed = false;
        if (delayed) {
            worker.loop.schedule(this::retry, worker.retryDelayMillis(retries), TimeUnit.MILLISECONDS);
        } else {
            retry();
        }
    }

    private void retry() {
        if (!finished) {
            start();
        }
    }

    private void refuse(GatewayRefusal why) {
        refuse(why, Verdict.NONE);
    }

    private void refuse(GatewayRefusal why, Verdict verdict) {
        finish(verdict);
        client.refuse(why);
    }

    private void tear() {
        finish(Verdict.FAULT);
        client.tear(responseBytes);
    }

    private void countFault(UpstreamServer at) {
        // Once for each call: tries of one call at one upstream are one failure.
        if (at == failedServer && permit != Permit.PROBE) {
            return;
        }
        failedServer = at;
        at.breaker().failed(permit);
    }

    /** This try is over, and the upstream is told apart from the call. */
    private void leaveServer(Verdict verdict) {
        UpstreamConnection from = upstream;
        upstream = null;
        if (from != null) {
            from.close();
        }
        UpstreamServer at = server;
        server = null;
        if (at == null) {
            return;
        }
        at.ended();
        if (verdict == Verdict.FAULT) {
            countFault(at);
        } else {
            at.breaker().released(permit);
        }
        permit = Permit.PASS;
    }

    private void finish(Verdict verdict) {
        finished = true;
        leaveServer(verdict);
        if (retrying) {
            retrying = false;
            plane.retryBudget.release();
        }
        client.upstreamBlocked(false);
    }

    boolean isTunnel() {
        return tunnel;
    }

    RawRequestHead head() {
        return call.head();
    }
}
