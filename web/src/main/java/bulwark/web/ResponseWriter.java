package bulwark.web;

import bulwark.kernel.access.Principal;
import bulwark.kernel.signing.PasswordHash;
import bulwark.kernel.storage.QueryLimit;
import bulwark.kernel.tls.PeerIdentity;
import bulwark.web.Router.Match;
import io.netty.buffer.Unpooled;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answering side of one request: sends exactly one response, and sees to it that the connection and the counts are in order
 * whichever of answer, end of request and end of connection comes last. Event loop only, except {@link #render} and {@link #failed}.
 */
final class ResponseWriter {
    static final RequestHead UNKNOWN_HEAD = new RequestHead("-", new RequestTarget("-", ""), "", 0, false, false);

    private static final Logger LOG = LoggerFactory.getLogger(ResponseWriter.class);
    /** What this program does not do is no fault of it: any caller could fill the log with it. */
    private static final int NOT_IMPLEMENTED = 501;

    private static final Response BARE_FAILURE = Response.text(500, "text/plain", "internal error\n");

    private final Listener listener;
    private final Connection connection;
    private final HttpServerRequest request;
    private final String requestId;
    private final long startedAt = System.nanoTime();

    private RequestHead head = UNKNOWN_HEAD;
    private Match.@Nullable Found match;
    private boolean identified;
    private Stage stage = Stage.HEAD;
    private boolean requestEnded;
    private boolean closeAfter;
    private boolean accounted = true;
    private RequestMemory memory;
    private @Nullable Principal principal;
    private @Nullable CompletableFuture<Void> pieceTaken;

    private enum Stage {
        HEAD,
        BODY,
        HANDLER,
        SENDING,
        SENT
    }

    ResponseWriter(Listener listener, Connection connection, HttpServerRequest request) {
        this.listener = listener;
        this.connection = connection;
        this.request = request;
        this.requestId = listener.ids().accept(request.headers().get(HeaderPolicy.REQUEST_ID));
        this.memory = new RequestMemory(listener.processLimits().openMemory(), connection.remote());
        listener.processLimits().requestOpened();
    }

    void head(RequestHead known) {
        head = known;
    }

    void route(Match.Found found) {
        match = found;
        identified = found.route().access() instanceof Route.Access.Open;
    }

    void principal(Principal caller) {
        identified = true;
        principal = caller;
        memory = new RequestMemory(listener.processLimits().memory(), caller.entityUri());
        if (!accounted) {
            memory.end();
        }
    }

    RequestMemory memory() {
        return memory;
    }

    HttpRequest.Origin origin(@Nullable PeerIdentity peer) {
        return new HttpRequest.Origin(requestId, listener.overTls(), connection.remote(), peer);
    }

    void collecting() {
        stage = Stage.BODY;
    }

    boolean isCollecting() {
        return stage == Stage.BODY;
    }

    void handling() {
        stage = Stage.HANDLER;
    }

    /** After some refusals what follows on the connection cannot be trusted, or would only be thrown away. */
    void beginRefusal(EdgeRefusal refusal) {
        stage = Stage.HANDLER;
        closeAfter = switch (refusal) {
            case EdgeRefusal.BadRequest _,
                    EdgeRefusal.HeadersTooLarge _,
                    EdgeRefusal.UriTooLong _,
                    EdgeRefusal.BodyTooLarge _,
                    EdgeRefusal.HostNotAllowed _,
                    EdgeRefusal.PeerNoLongerTrusted _,
                    EdgeRefusal.Stopping _,
                    EdgeRefusal.ForeignOrigin _,
                    EdgeRefusal.ShareExhausted _,
                    EdgeRefusal.TooComplex _,
                    EdgeRefusal.Overloaded _ -> true;
            default -> head.expectsContinue();
        };
    }

    /** The handler's answer, or the rendering of what it threw; null when a fast handler passes. */
    @Nullable
    Response render(Handler handler, Request received) {
        try {
            return handler.handle(received);
        } catch (RuntimeException | Error e) {
            return failed(e);
        }
    }

    Response rendered(EdgeRefusal refusal) {
        return listener.service().errors().render(refusal, requestId);
    }

    Response failed(Throwable thrown) {
        try {
            if (thrown instanceof RequestMemory.Exhausted exhausted) {
                return refused(exhausted.refusal());
            }
            if (thrown instanceof QueryLimit.QueryStopped stopped) {
                return refused(
                        stopped.tooBroad()
                                ? new EdgeRefusal.QueryTooBroad()
                                : new EdgeRefusal.QueryTimedOut(
                                        listener.limits().querySeconds()));
            }
            if (thrown instanceof PasswordHash.HashingBusy) {
                return refused(new EdgeRefusal.Overloaded());
            }
            Response rendered = listener.service().errors().render(thrown, requestId);
            if (rendered.status() >= 500 && rendered.status() != NOT_IMPLEMENTED && !(thrown instanceof ApiRefusal)) {
                LOG.error("request {} failed", requestId, thrown);
            }
            return rendered;
        } catch (RuntimeException | Error e) {
            LOG.error("request {}: the error itself could not be rendered", requestId, e);
            return BARE_FAILURE;
        }
    }

    /** A refusal that the work itself met with, when the request had long been accepted. */
    private Response refused(EdgeRefusal refusal) {
        listener.metrics().refused(refusal);
        Principal known = Thread.currentThread().isVirtual() ? principal : null;
        listener.service()
                .refusals()
                .refused(known, head.method(), head.target().path(), connection.remote(), refusal);
        return rendered(refusal);
    }

    void send(Response answer) {
        if (stage == Stage.SENDING || stage == Stage.SENT) {
            return;
        }
        stage = Stage.SENDING;
        if (connection.closed()) {
            sent();
            return;
        }
        HttpServerResponse response = request.response();
        EdgeRefusal tooMuch = memory.holdOnly(answer.body().length);
        try {
            write(response, tooMuch == null ? answer : refused(tooMuch));
        } catch (IllegalArgumentException e) {
            LOG.error("request {}: the answer has a malformed header", requestId, e);
            response.headers().clear();
            write(response, BARE_FAILURE);
        }
    }

    /**
     * Sends one piece of a streamed body, the head before the first. From the thread that streams.
     *
     * @return when the socket has taken it
     * @throws IOException when the connection is gone or its reader did not read in time
     */
    void sendPiece(Response answer, byte[] bytes) throws IOException {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        try {
            connection.run(() -> writePiece(answer, bytes, taken));
            taken.get();
        } catch (ExecutionException | RejectedExecutionException e) {
            throw new IOException("the answer could not be sent to its end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while an answer was sent");
        }
    }

    private void writePiece(Response answer, byte[] bytes, CompletableFuture<Void> taken) {
        if (connection.closed()) {
            taken.completeExceptionally(new ClosedChannelException());
            return;
        }
        pieceTaken = taken;
        HttpServerResponse response = request.response();
        try {
            if (stage != Stage.SENDING) {
                stage = Stage.SENDING;
                closeAfter |= request.version() == HttpVersion.HTTP_1_0;
                writeHead(response, answer);
                response.setChunked(true);
                record(answer.status());
            }
            connection.awaitReader();
            response.write(BufferInternal.buffer(Unpooled.wrappedBuffer(bytes))).onComplete(written -> {
                connection.awaitNothing();
                if (written.succeeded()) {
                    taken.complete(null);
                } else {
                    taken.completeExceptionally(written.cause());
                }
            });
        } catch (RuntimeException e) {
            taken.completeExceptionally(e);
        }
    }

    /** Ends a streamed answer; one that is not complete by closing the connection, so that its reader can tell. From the thread that streams. */
    void endStream(boolean complete, @Nullable Throwable failure) {
        if (failure != null && !(failure instanceof IOException)) {
            LOG.error("request {}: the answer was cut off", requestId, failure);
        }
        connection.run(() -> {
            if (complete && !connection.closed()) {
                connection.awaitReader();
                request.response().end().onComplete(written -> sent());
                return;
            }
            if (!connection.closed()) {
                listener.metrics().closed("cut");
                connection.close();
            }
            sent();
        });
    }

    private void write(HttpServerResponse response, Response answer) {
        writeHead(response, answer);
        connection.awaitReader();
        record(answer.status());
        response.end(BufferInternal.buffer(Unpooled.wrappedBuffer(answer.body())))
                .onComplete(written -> sent());
    }

    private void writeHead(HttpServerResponse response, Response answer) {
        MultiMap headers = response.headers();
        listener.service()
                .headers()
                .write(headers, listener.overTls(), requestId, answer, listener.metrics()::headerDropped);
        closeAfter |= listener.processLimits().draining();
        if (closeAfter) {
            headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        if (answer.status() == 204 || answer.status() == 304) {
            response.headersEndHandler(v -> headers.remove(HttpHeaders.CONTENT_LENGTH));
        }
        response.setStatusCode(answer.status());
    }

    /** Answers before identity is known are counted by their refusal alone. */
    private void record(int status) {
        if (match != null && identified) {
            listener.metrics().answered(match.endpoint(), status, System.nanoTime() - startedAt);
        }
    }

    private void sent() {
        stage = Stage.SENT;
        releaseOnce();
        finishExchange();
        if (closeAfter && !requestEnded) {
            connection.linger();
        }
    }

    void requestEnded() {
        requestEnded = true;
        finishExchange();
    }

    boolean hasRequestEnded() {
        return requestEnded;
    }

    private void finishExchange() {
        if (!requestEnded || stage != Stage.SENT) {
            return;
        }
        if (closeAfter) {
            connection.close();
        } else {
            connection.exchangeDone();
        }
    }

    void connectionClosed() {
        if (stage == Stage.HEAD || stage == Stage.BODY) {
            stage = Stage.SENT;
            releaseOnce();
        }
        CompletableFuture<Void> waiting = pieceTaken;
        if (waiting != null) {
            waiting.completeExceptionally(new ClosedChannelException());
        }
    }

    private void releaseOnce() {
        if (accounted) {
            accounted = false;
            memory.end();
            listener.processLimits().requestClosed();
        }
    }
}
