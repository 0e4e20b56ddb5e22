package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamServer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute.Timeouts;
import bulwark.kernel.network.GuardDecision;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call that is forwarded: takes the request to an upstream and its answer back, on the event loop of both. */
final class ProxyExchange implements RequestBodyConsumer, UpstreamConnector.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyExchange.class);
    private static final int MAX_JOINED_BODY_BYTES = 8_192;

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final ClientConnection client;
    private final GatewayCall call;
    private final RouteTarget target;
    private final int rest;
    private final Timeouts timeouts;

    private final UpstreamAttempt attempt;
    private final CallDeadline deadline;
    private @Nullable UpstreamConnection upstream;
    private boolean bodyStarted;
    private boolean taken;
    private boolean requestSent;
    private boolean answerBegun;
    private boolean finished;
    private ProxiedHead.Framing framing = ProxiedHead.Framing.NO_BODY;
    private final WebSocketFrames toClient = new WebSocketFrames();
    private long requestBytes;
    private long responseBytes;
    private long sentNanos;

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
        this.attempt = new UpstreamAttempt(plane, target, call.head());
        this.deadline = new CallDeadline(call.startNanos(), timeouts.total());
    }

    void start() {
        GatewayRefusal refusal = attempt.choose();
        UpstreamServer chosen = attempt.server();
        if (refusal != null || chosen == null) {
            refuse(refusal == null ? new GatewayRefusal.NoUpstream() : refusal, false);
            return;
        }
        UpstreamConnection pooled = worker.pool.take(chosen);
        if (pooled != null && pooled.isActive()) {
            send(pooled);
        } else {
            deadline.unlimited(); // The connector has its own timeout.
            worker.connector.connect(chosen, worker, timeouts.connect(), this);
        }
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
        refuse(new GatewayRefusal.BackendBlocked(why.code(), why.sentence()), false);
    }

    @Override
    public void failed(Throwable cause) {
        if (!finished) {
            leave(true);
            retryOr(new GatewayRefusal.ConnectFailed(), true, true);
        }
    }

    private void send(UpstreamConnection connection) {
        UpstreamServer to = attempt.server();
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
                RequestDispatch.isWebSocket(call.head()));
        ByteBuf out = connection.context().alloc().directBuffer(writer.length());
        writer.writeTo(out);
        connection.write(out);
        sentNanos = System.nanoTime();
        deadline.limit(timeouts.firstByte());
        if (taken) {
            connection.flush();
        } else {
            taken = true;
            client.take(this);
        }
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
            refuse(new GatewayRefusal.BodyTooLarge(plane.limits.bodyBytes()), false);
            return;
        }
        if (call.head().isChunked()) {
            ChunkWriter.write(to.context(), data);
        } else {
            to.write(data);
        }
        if (!answerBegun) {
            deadline.limit(timeouts.firstByte());
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
            deadline.limit(timeouts.firstByte());
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
            finish(false);
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
        boolean wanted = reader.status() != 100 || call.head().expectsContinue();
        if (wanted && call.head().minorVersion() == 1) {
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
        if (to == null || !RequestDispatch.isWebSocket(call.head()) || !reader.isUpgrade()) {
            answerMalformed("The upstream changed the protocol and was not asked to.");
            return false;
        }
        answerBegun = true;
        deadline.endless();
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
        if ((status == 502 || status == 503) && attempt.acquireRetry(false, bodyStarted)) {
            leave(true);
            retryLater();
            return;
        }
        answerBegun = true;
        framing = ProxiedHead.framing(reader, bodiless, call.head().minorVersion());
        boolean open = client.beginAnswer(status, framing != ProxiedHead.Framing.CLOSE);
        ProxiedHead.write(worker, reader, bytes, call, client.isTls(), framing, !open, sentNanos - call.startNanos());
        attempt.answered(status);
        long length = framing == ProxiedHead.Framing.LENGTH ? reader.contentLength() : -1;
        if (length >= 0 && length <= in.readableBytes() && length <= MAX_JOINED_BODY_BYTES) {
            joined(in, (int) length);
        } else {
            client.writeHead(worker.writer);
        }
        if (ProxiedHead.isEventStream(reader)) {
            deadline.endless();
        } else {
            deadline.limit(timeouts.idle());
        }
    }

    /** A short body that is here already goes out in one piece with its head. */
    private void joined(ByteBuf in, int length) {
        ByteBuf out = client.allocate(worker.writer.length() + length);
        worker.writer.writeTo(out);
        out.writeBytes(in, length);
        responseBytes = length;
        client.write(out);
        UpstreamConnection from = upstream;
        if (from != null) {
            from.bodyTaken();
        }
    }

    void answerData(ByteBuf data) {
        if (finished) {
            data.release();
            return;
        }
        responseBytes += data.readableBytes();
        if (deadline.isPhaseLimited()) {
            deadline.limit(timeouts.idle());
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
        UpstreamServer from = attempt.server();
        finish(false);
        client.answerSent(from == null ? null : from.name(), responseBytes);
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
            refuse(new GatewayRefusal.BadGateway(sentence), true);
        }
    }

    /** The connection ended in the middle of an answer, or before it. */
    void upstreamClosed(UpstreamConnection connection, boolean wasTunnel) {
        upstream = null;
        if (finished) {
            return;
        }
        if (wasTunnel) {
            finish(false);
            client.tunnelEnded();
        } else if (answerBegun) {
            tear();
        } else {
            boolean stale = connection.wasUsed() && !connection.hasBegun();
            leave(!stale);
            retryOr(
                    new GatewayRefusal.BadGateway("The upstream closed its connection before an answer."),
                    false,
                    !stale);
        }
    }

    void tunnelled(ByteBuf data) {
        responseBytes += data.readableBytes();
        toClient.follow(data);
        client.write(data);
        if (plane.draining) {
            drainTunnel();
            return;
        }
        UpstreamConnection from = upstream;
        if (from != null && !client.isWritable()) {
            from.readAhead(false);
        }
    }

    /** Ends a WebSocket with "going away", as soon as no frame of the upstream is under way. */
    void drainTunnel() {
        if (!finished && toClient.isAtBoundary()) {
            ByteBuf close = client.allocate(WebSocketFrames.GOING_AWAY.length);
            client.write(close.writeBytes(WebSocketFrames.GOING_AWAY));
            finish(false);
            client.tunnelEnded();
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

    @Override
    public void tick(long nowNanos) {
        if (finished) {
            return;
        }
        UpstreamConnection to = upstream;
        // While the client sends, its own pace is the connection's to watch; an upstream that takes nothing is ours.
        boolean phaseCounts = requestSent || answerBegun || to == null || !to.isWritable();
        if (!deadline.isOver(nowNanos, phaseCounts)) {
            return;
        }
        if (answerBegun) {
            tear();
        } else {
            refuse(new GatewayRefusal.GatewayTimeout(), true);
        }
    }

    /** @param delayed whether the upstream is given time to come back */
    private void retryOr(GatewayRefusal refusal, boolean nothingSent, boolean delayed) {
        if (!attempt.acquireRetry(nothingSent, bodyStarted)) {
            refuse(refusal, false);
        } else if (delayed) {
            retryLater();
        } else {
            start();
        }
    }

    private void retryLater() {
        deadline.unlimited();
        worker.loop.schedule(this::retry, worker.retryDelayMillis(attempt.retries()), TimeUnit.MILLISECONDS);
    }

    private void retry() {
        if (!finished) {
            start();
        }
    }

    /** @param fault whether the upstream is to blame */
    private void refuse(GatewayRefusal why, boolean fault) {
        finish(fault);
        client.refuse(why);
    }

    private void tear() {
        finish(true);
        client.tear(responseBytes);
    }

    private void leave(boolean fault) {
        UpstreamConnection from = upstream;
        upstream = null;
        if (from != null) {
            from.close();
        }
        attempt.leave(fault);
    }

    private void finish(boolean fault) {
        finished = true;
        leave(fault);
        attempt.end(fault);
        client.upstreamBlocked(false);
    }
}
