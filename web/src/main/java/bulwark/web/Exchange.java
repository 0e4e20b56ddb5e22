package bulwark.web;

import bulwark.kernel.access.AccessDecision;
import bulwark.kernel.access.Principal;
import bulwark.kernel.quota.Quotas.Decision;
import bulwark.kernel.tls.PeerIdentity;
import bulwark.web.Authenticator.Outcome;
import bulwark.web.AuthenticatorChain.Search;
import bulwark.web.ProcessLimits.Work;
import bulwark.web.Router.Match;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: limits → identity → quota → permission → body → handler → answer. All steps run on the connection's
 * event loop; what may block runs on a virtual thread and comes back with {@link Connection#run}.
 */
final class Exchange {
    private static final byte[] NO_BODY = {};

    private final Listener listener;
    private final Connection connection;
    private final HttpServerRequest request;
    private final ResponseWriter writer;
    private final BlockingRunner blocking;
    private final Headers headers;

    private RequestHead head = ResponseWriter.UNKNOWN_HEAD;
    private Match.@Nullable Found match;
    private @Nullable Principal principal;
    /** By whose credential the principal is known; null for the trusted identity. */
    private @Nullable Authenticator authenticator;

    private @Nullable PeerIdentity peer;
    private @Nullable BodyBuffer body;

    Exchange(Listener listener, Connection connection, HttpServerRequest request) {
        this.listener = listener;
        this.connection = connection;
        this.request = request;
        this.headers = Headers.over(request.headers());
        this.writer = new ResponseWriter(listener, connection, request);
        this.blocking = new BlockingRunner(listener, connection, request, writer);
    }

    void begin() {
        connection.began(this);
        try {
            head = RequestHead.of(request, listener.service(), listener.overTls());
            if (head.hasBody()) {
                request.handler(this::chunk);
                request.endHandler(v -> bodyEnds());
            } else {
                writer.requestEnded();
            }
            writer.head(head);
            route();
        } catch (RequestHead.Refused e) {
            request.handler(this::chunk);
            request.endHandler(v -> writer.requestEnded());
            refuse(e.refusal());
        }
    }

    private void route() {
        EdgeRefusal refusal = beforeRouting();
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        switch (find()) {
            case Match.Found found -> {
                match = found;
                writer.route(found);
                identify(found.route());
            }
            case Match.WrongMethod wrong -> refuse(new EdgeRefusal.MethodNotAllowed(wrong.allowed()));
            case Match.Malformed malformed -> refuse(new EdgeRefusal.BadRequest(malformed.sentence()));
            case Match.Absent _ -> refuse(new EdgeRefusal.NotFound());
        }
    }

    private @Nullable EdgeRefusal beforeRouting() {
        if (listener.processLimits().draining()) {
            return new EdgeRefusal.Stopping();
        }
        if (connection.hasMalformedBody()) {
            return malformedBody();
        }
        EdgeRefusal unknown = peerOrHost();
        if (unknown != null) {
            return unknown;
        }
        // A browser sends its client certificate, and what needs no credential at all, for pages of any origin.
        return head.fromForeignOrigin()
                        && (listener.service().anonymous() != null
                                || listener.service().refusesForeignOrigins())
                ? new EdgeRefusal.ForeignOrigin()
                : null;
    }

    private @Nullable EdgeRefusal peerOrHost() {
        if (listener.tls() != null) {
            boolean certified = !connection.peerChain().isEmpty();
            if (certified || listener.service().clientCertificate() == Service.ClientCertificate.REQUIRED) {
                peer = listener.tls().identify(connection.peerChain());
                return peer == null ? new EdgeRefusal.PeerNoLongerTrusted() : null;
            }
        }
        if (listener.service().tlsOnly().test(head.target().path())) {
            return new EdgeRefusal.TlsRequired();
        }
        // Over TLS a browser has compared the name with our certificate.
        if (!listener.overTls() && !connection.acceptedHost(head.host())) {
            if (!listener.hosts().allows(head.host())) {
                return new EdgeRefusal.HostNotAllowed(head.host());
            }
            connection.acceptHost(head.host());
        }
        return null;
    }

    /** HEAD is answered on open GET routes only. */
    private Match find() {
        String path = head.target().path();
        Match found = listener.router().match(head.method(), path);
        if (found instanceof Match.WrongMethod
                && head.method().equals("HEAD")
                && listener.router().match("GET", path) instanceof Match.Found get
                && get.route().access() instanceof Route.Access.Open) {
            return get;
        }
        return found;
    }

    private void identify(Route route) {
        if (route.access() instanceof Route.Access.Open) {
            if (listener.sources().tryAcquire(connection.remote(), "", route.dimension())
                    instanceof Decision.Refused refused) {
                refuse(new EdgeRefusal.QuotaExceeded(route.dimension(), connection.remote(), refused.retryAfter()));
            } else {
                accept();
            }
            return;
        }
        if (listener.callers().tryAcquire(connection.remote(), "", Route.BY_SOURCE)
                instanceof Decision.Refused refused) {
            refuse(new EdgeRefusal.QuotaExceeded(Route.BY_SOURCE, connection.remote(), refused.retryAfter()));
            return;
        }
        AuthenticationRequest shown = new AuthenticationRequest(
                head.method(), head.target().path(), headers, connection.remote(), listener.overTls(), peer, false);
        Search search;
        try {
            search = listener.service().authenticators().begin(route, shown);
        } catch (RuntimeException | Error e) {
            writer.send(writer.failed(e));
            return;
        }
        follow(search, route);
    }

    private void follow(Search search, Route route) {
        switch (search) {
            case Search.Decided decided -> decide(decided.by(), decided.outcome(), route);
            case Search.Blocked blocked ->
                offload(work -> {
                    Search rest = blocked.rest().get();
                    return () -> {
                        // Nobody is left to answer, and what a handler takes now would never be given back.
                        if (!connection.closed()) {
                            follow(rest, route);
                        }
                    };
                });
            case Search.Anonymous nobody -> {
                Principal anonymous = listener.service().anonymous();
                if (anonymous == null || !route.access().kinds().isEmpty()) {
                    refuseCredential(nobody.refusal());
                } else {
                    authenticated(anonymous, route);
                }
            }
        }
    }

    private void decide(Authenticator by, Outcome outcome, Route route) {
        switch (outcome) {
            case Outcome.Identified known -> {
                authenticator = by;
                if (by.isAmbient() && head.fromForeignOrigin()) {
                    principal = known.principal();
                    refuse(new EdgeRefusal.ForeignOrigin());
                } else {
                    authenticated(known.principal(), route);
                }
            }
            case Outcome.BoundElsewhere elsewhere -> {
                principal = elsewhere.holder();
                refuse(new EdgeRefusal.KeyBoundElsewhere());
            }
            case Outcome.Refused refused -> refuseCredential(EdgeRefusal.BadCredentials.of(by, refused));
            case Outcome.NotPresented nothing -> throw new IllegalStateException("no outcome: " + by.kind());
        }
    }

    /** What is refused here costs the address that it comes from, and no caller that shows a good credential from there. */
    private void refuseCredential(EdgeRefusal refusal) {
        if (listener.callers().tryAcquire(connection.remote(), "", Route.BY_FAILURE)
                instanceof Decision.Refused refused) {
            refuse(new EdgeRefusal.QuotaExceeded(Route.BY_FAILURE, connection.remote(), refused.retryAfter()));
        } else {
            refuse(refusal);
        }
    }

    private void authenticated(Principal caller, Route route) {
        principal = caller;
        writer.principal(caller);
        String dimension = route.dimension();
        if (listener.service().quotas().tryAcquire(caller.entityUri(), caller.tenant(), dimension)
                instanceof Decision.Refused refused) {
            refuse(new EdgeRefusal.QuotaExceeded(dimension, caller.entityUri(), refused.retryAfter()));
            return;
        }
        String permission = route.access() instanceof Route.Access.Permission needed ? needed.name() : "";
        if (AccessDecision.decide(caller, permission) instanceof AccessDecision.Decision.Refused refused) {
            refuse(new EdgeRefusal.PermissionMissing(
                    refused.missingPermission(), head.method(), head.target().path()));
            return;
        }
        accept();
    }

    /** Everything that the head can tell is in order: now the body, then the handler. */
    private void accept() {
        if (!head.hasBody()) {
            dispatch();
            return;
        }
        int limit = maxBody();
        if (limit == 0 || head.bodyLength() > limit) {
            refuse(new EdgeRefusal.BodyTooLarge(limit));
            return;
        }
        if (head.expectsContinue()) {
            request.response().writeContinue();
        }
        body = new BodyBuffer(limit);
        writer.collecting();
        connection.awaitBody();
    }

    private int maxBody() {
        return found().route().maxBody(head.method(), listener.limits().maxBody());
    }

    private Match.Found found() {
        return Objects.requireNonNull(match, "no route");
    }

    private void chunk(Buffer chunk) {
        BodyBuffer collected = body;
        if (collected == null || !writer.isCollecting()) {
            connection.discarded(chunk.length());
        } else if (!collected.add(chunk)) {
            refuse(new EdgeRefusal.BodyTooLarge(maxBody()));
        } else {
            EdgeRefusal refusal = writer.memory().tryTake(chunk.length());
            if (refusal != null) {
                refuse(refusal);
            }
        }
    }

    private void bodyEnds() {
        boolean wanted = writer.isCollecting();
        writer.requestEnded();
        if (wanted) {
            dispatch();
        }
    }

    void bodyMalformed() {
        if (writer.isCollecting()) {
            refuse(malformedBody());
        }
    }

    private static EdgeRefusal malformedBody() {
        return new EdgeRefusal.BadRequest("The request body is malformed.");
    }

    void connectionClosed() {
        writer.connectionClosed();
    }

    private void dispatch() {
        connection.awaitNothing();
        if (principal != null && authenticator != null && authenticator.isRevoked(principal)) {
            Outcome.Refused revoked = new Outcome.Refused(
                    "revoked",
                    "The credential was withdrawn",
                    authenticator.challenge().orElse(null),
                    principal.keyId());
            refuse(EdgeRefusal.BadCredentials.of(authenticator, revoked));
            return;
        }
        Match.Found found = found();
        byte[] bytes = body == null ? NO_BODY : body.toBytes();
        body = null;
        EdgeRefusal refusal = bytes.length == 0 ? null : writer.memory().tryTake(JsonCost.of(bytes));
        if (refusal != null) {
            refuse(refusal);
            return;
        }
        Request received = new HttpRequest(
                writer.origin(peer), head.method(), head.target(), found, headers, bytes, principal, writer.memory());
        Handler handler = found.route().handler();
        writer.handling();
        if (found.route().runsOnEventLoop()) {
            Response quick = writer.render(handler, received);
            if (quick != null && quick.writer() == null) {
                writer.send(quick);
                return;
            }
        }
        offload(work -> {
            Response answer = listener.queries().within(() -> answer(handler, received, work));
            return answer == null ? () -> {} : () -> writer.send(answer);
        });
    }

    /** Null when it is streamed, and out. Who waits for a slow reader is not at work. */
    private @Nullable Response answer(Handler handler, Request received, Work work) {
        Response answer = writer.render(handler, received);
        if (answer == null) {
            return writer.failed(new IllegalStateException("handler gave no answer"));
        }
        BodyWriter body = answer.writer();
        return body == null ? answer : BodyStream.send(writer, answer, body, work::close);
    }

    private void refuse(EdgeRefusal refusal) {
        listener.metrics().refused(refusal);
        writer.beginRefusal(refusal);
        Principal caller = principal;
        String path = head.target().path();
        if (caller == null) {
            listener.service().refusals().refused(null, head.method(), path, connection.remote(), refusal);
            writer.send(writer.rendered(refusal));
            return;
        }
        offload(work -> {
            listener.service().refusals().refused(caller, head.method(), path, connection.remote(), refusal);
            Response rendered = writer.rendered(refusal);
            return () -> writer.send(rendered);
        });
    }

    private void offload(BlockingRunner.Step step) {
        blocking.run(step);
    }
}
