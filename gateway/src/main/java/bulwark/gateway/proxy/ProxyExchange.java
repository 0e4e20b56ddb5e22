package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamServer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeadWriter;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute.Timeouts;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One call that is forwarded: takes the request to an upstream and its answer back, on the event loop of both. */
final class ProxyExchange implements RequestBodyConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyExchange.class);
    private static final int MAX_INTERIM_ANSWERS = 16;

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final ClientExchange client;
    private final GatewayCall call;
    private final RouteTarget target;
    private final int rest;
    private final Timeouts timeouts;
    private final UpstreamAcquisition acquisition;
    private final CallDeadline deadline;
    private @Nullable UpstreamExchange upstream;
    private boolean bodyStarted;
    private boolean taken;
    private boolean requestSent;
    private boolean answerBegun;
    private int interimAnswers;
    private boolean finished;
    private @Nullable EventStreamSlot eventStream;
    private @Nullable WebSocketTunnel tunnel;
    private long requestBytes;
    /** A tunnel counts in it, too. */
    long responseBytes;

    private long sentNanos;

    @SuppressWarnings("this-escape") // the acquisition only keeps it
    ProxyExchange(
            PlaneContext plane,
            LoopWorker worker,
            ClientExchange client,
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
        this.deadline = new CallDeadline(worker.time, call.startNanos(), timeouts.total());
        this.acquisition = new UpstreamAcquisition(plane, worker, this, call, target, deadline);
    }

    void start() {
        acquisition.start();
    }

    /** There is a connection. */
    void send(UpstreamExchange connection, UpstreamServer to) {
        upstream = connection;
        connection.begin(this);
        HeadWriter writer = worker.writer;
        ForwardHead.write(
                writer,
                call,
                to,
                rest,
                client.viaLine(),
                client.peerLines(),
                target.route().forwardAuthorization(),
                RequestDispatch.isWebSocket(call.head()));
        connection.writeHead(writer, call.head().isChunked(), call.head().hasBody());
        sentNanos = worker.nanos();
        deadline.limit(timeouts.firstByte());
        if (taken) {
            if (requestSent && call.head().hasBody()) {
                connection.writeEnd(null); // A body of no byte, which ended before this try.
            }
            connection.flush();
        } else {
            taken = true;
            client.take(this);
        }
    }

    // The request's body.

    @Override
    public void data(ByteBuf data) {
        UpstreamExchange to = upstream;
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
        to.writeData(data);
        if (!answerBegun) {
            deadline.limit(timeouts.firstByte());
        }
        if (!to.isWritable()) {
            client.upstreamBlocked(true);
        }
    }

    @Override
    public void end(byte @Nullable [] trailers) {
        UpstreamExchange to = upstream;
        if (finished || to == null) {
            return;
        }
        if (call.head().hasBody()) {
            to.writeEnd(TrailerLines.without(worker, trailers, call.backendFields()));
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
        UpstreamExchange to = upstream;
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

    boolean isFinished() {
        return finished;
    }

    /** Whether some of the body is gone. */
    boolean isBodyStarted() {
        return bodyStarted;
    }

    boolean isRequestSent() {
        return requestSent;
    }

    boolean isHeadRequest() {
        return call.head().method().equals("HEAD");
    }

    // The answer.

    /** @param from that could change its protocol, or null @return whether a final answer follows */
    boolean interim(HeadReader reader, byte[] bytes, @Nullable UpstreamConnection from) {
        if (reader.status() == 101) {
            return switched(reader, bytes, from);
        }
        if (++interimAnswers > MAX_INTERIM_ANSWERS) {
            answerMalformed("The upstream sends interim answers without end.");
            return false;
        }
        if (reader.status() != 100 || call.head().expectsContinue()) {
            client.interim(reader.status());
        }
        return true;
    }

    private boolean switched(HeadReader reader, byte[] bytes, @Nullable UpstreamConnection to) {
        if (to == null || !RequestDispatch.isWebSocket(call.head()) || !reader.isUpgrade()) {
            answerMalformed("The upstream changed the protocol and was not asked to.");
            return false;
        }
        answerBegun = true;
        acquisition.answered(101);
        deadline.endless();
        to.tunnel();
        ClientConnection switched = client.switchProtocol(reader, bytes, call, sentNanos - call.startNanos());
        if (switched != null) {
            tunnel = new WebSocketTunnel(plane, this, switched, to);
        }
        return false;
    }

    /** @param in what follows the head */
    void answerHead(HeadReader reader, byte[] bytes, boolean bodiless, ByteBuf in) {
        String upstreamName = acquisition.upstreamName();
        if (upstreamName != null) {
            plane.metrics.upstreamAnswered(target, upstreamName, reader.status(), worker.nanos() - sentNanos);
        }
        if (acquisition.retries(reader.status())) {
            return;
        }
        if (ProxiedHead.isEventStream(reader)) {
            eventStream = EventStreamSlot.acquire(plane, worker, call, target);
            if (eventStream == null) {
                refuse(new GatewayRefusal.TooManyStreams(), false);
                return;
            }
        }
        answerBegun = true;
        AnswerCopies.head(call, reader, bytes, bodiless);
        int bodyStart = in.readerIndex();
        int joined = client.answerHead(reader, bytes, bodiless, call, sentNanos - call.startNanos(), in);
        if (joined >= 0) {
            AnswerCopies.data(call, in, bodyStart, joined);
            responseBytes = joined;
            UpstreamExchange from = upstream;
            if (from != null) {
                from.bodyTaken();
            }
        }
        if (eventStream != null) {
            deadline.lasts(plane.limits.capacity().streams().maxDuration());
        } else {
            deadline.limit(timeouts.idle());
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
        AnswerCopies.data(call, data, data.readerIndex(), data.readableBytes());
        client.answerData(data);
        UpstreamExchange from = upstream;
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
        String name = acquisition.upstreamName();
        finish(false);
        AnswerCopies.end(call);
        client.answerEnd(TrailerLines.without(worker, trailers, call.answerFields()), name, responseBytes);
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

    /** The upstream says that it has done nothing about the request. */
    void upstreamRefused() {
        upstream = null;
        if (!finished) {
            acquisition.leave(false);
            acquisition.retryOr(new GatewayRefusal.BadGateway("The upstream takes no call now."), true, false);
        }
    }

    /** The connection ended in the middle of an answer, or before it. @param stale whether the upstream may have closed it before it saw the request */
    void upstreamClosed(boolean stale) {
        upstream = null;
        if (finished) {
            return;
        }
        WebSocketTunnel other = tunnel;
        if (other != null) {
            other.end();
        } else if (answerBegun) {
            tear();
        } else {
            acquisition.leave(!stale);
            acquisition.retryOr(
                    new GatewayRefusal.BadGateway("The upstream closed its connection before an answer."),
                    false,
                    !stale);
        }
    }

    // Another protocol than HTTP.

    @Nullable
    WebSocketTunnel tunnel() {
        return tunnel;
    }

    void endTunnel() {
        finish(false);
    }

    void flushClient() {
        client.flush();
    }

    void upstreamWritable(boolean writable) {
        client.upstreamBlocked(!writable);
    }

    @Override
    public void clientWritable(boolean writable) {
        UpstreamExchange from = upstream;
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
        client.progress.tick(nowNanos);
        EventStreamSlot stream = eventStream;
        if (answerBegun && client.isStalled(nowNanos) || stream != null && stream.isOver(nowNanos)) {
            finish(false);
            client.tear(responseBytes);
            return;
        }
        UpstreamExchange to = upstream;
        // While the client sends, its own pace is the connection's to watch; an upstream that takes nothing is ours.
        boolean phaseCounts = requestSent || answerBegun || to == null || !to.isWritable();
        if (!deadline.isOver(nowNanos, phaseCounts)) {
            return;
        }
        if (eventStream != null) {
            finish(false);
            client.tear(responseBytes);
        } else if (answerBegun) {
            tear();
        } else {
            refuse(new GatewayRefusal.GatewayTimeout(), true);
        }
    }

    /** @param fault whether the upstream is to blame */
    void refuse(GatewayRefusal why, boolean fault) {
        finish(fault);
        client.refuse(why);
    }

    private void tear() {
        finish(true);
        client.tear(responseBytes);
    }

    /** Another upstream is tried, or none. */
    void leave() {
        UpstreamExchange from = upstream;
        upstream = null;
        if (from != null) {
            from.close();
        }
    }

    private void finish(boolean fault) {
        finished = true;
        if (eventStream != null) {
            eventStream.release();
        }
        leave();
        acquisition.end(fault);
        client.upstreamBlocked(false);
    }
}
