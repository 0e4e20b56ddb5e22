package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.LocalAnswer;
import bulwark.gateway.call.StageRunner;
import bulwark.gateway.endpoint.GatewayEndpoint;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.CurrentRoutes;
import bulwark.gateway.route.PathRefused;
import bulwark.gateway.route.RouteMatch;
import bulwark.gateway.route.TargetPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says where requests go: to an endpoint of the gateway, or through the stages to a route's upstream. Used on the connection's event loop. */
final class RequestDispatch implements StageRunner.Continuation {
    private static final byte[] HEALTH = "/health".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BELOW_HEALTH = "/health/".getBytes(StandardCharsets.US_ASCII);

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final ClientExchange client;
    private RouteMatch.@Nullable Found<RouteTarget> found;
    private @Nullable GatewayRefusal decided;
    /** How many lines, names and values, the answer bears whatever its route. */
    private int linesOfAll;

    private int joinedLinesOfAll;

    RequestDispatch(PlaneContext plane, LoopWorker worker, ClientExchange client) {
        this.plane = plane;
        this.worker = worker;
        this.client = client;
    }

    void dispatch(GatewayCall call) {
        RawRequestHead head = call.head();
        GatewayEndpoint endpoint = plane.endpoints.find(head);
        if (client.redirectPort() != 0 && (endpoint == null || !isHealth(head))) {
            client.answer(308, "", new byte[0], List.of("Location", TlsLocation.of(head, client.redirectPort())));
            return;
        }
        if (endpoint != null) {
            new EndpointExchange(client, call, endpoint, worker.loop).start();
            return;
        }
        if (head.method().equals("CONNECT") || head.method().equals("TRACE")) {
            client.refuse(new GatewayRefusal.MethodNotImplemented());
            return;
        }
        if (plane.buffers.isShort()) {
            client.refuse(new GatewayRefusal.Overloaded(
                    "memory_short", "This gateway holds as much of other calls as it can; try again."));
            return;
        }
        GatewayRefusal early = StageRunner.decideNow(plane.pipeline.arrival(), call);
        if (early != null) {
            client.refuse(early);
            return;
        }
        linesOfAll = call.answerFields().size();
        joinedLinesOfAll = call.joinedAnswerFields().size();
        try {
            match(call, TargetPath.of(head.bytes(), head.targetStart(), head.targetEnd()));
        } catch (PathRefused e) {
            client.refuse(new GatewayRefusal.AmbiguousPath(e.fault().sentence()));
        }
    }

    private static boolean isHealth(RawRequestHead head) {
        return head.hasPath(HEALTH) || head.startsWithPath(BELOW_HEALTH);
    }

    private void match(GatewayCall call, TargetPath path) {
        CurrentRoutes.Snapshot<RouteTarget> now = plane.routes.snapshot();
        String method = call.head().method();
        String asked = method.equals("OPTIONS") ? preflightMethod(call.head()) : null;
        if (asked != null
                && now.table().match(asked, path) instanceof RouteMatch.Found<RouteTarget> match
                && match.compiled().policies().answersPreflight()) {
            decide(call, match, now.version());
            return;
        }
        switch (now.table().match(method, path)) {
            case RouteMatch.Found<RouteTarget> match -> decide(call, match, now.version());
            case RouteMatch.NotFound<RouteTarget> _ -> client.refuse(new GatewayRefusal.NoRoute());
            case RouteMatch.NotActivated<RouteTarget> match ->
                refuse(call, now, match.route(), new GatewayRefusal.RouteNotActivated());
            case RouteMatch.MethodNotAllowed<RouteTarget> match ->
                refuse(call, now, match.route(), new GatewayRefusal.MethodNotAllowed(match.allowed()));
            case RouteMatch.PathNotTaken<RouteTarget> match ->
                refuse(
                        call,
                        now,
                        match.route(),
                        new GatewayRefusal.AmbiguousPath(match.fault().sentence()));
        }
    }

    /** The method that a page's call would have, when a browser asks beforehand (Fetch standard, CORS-preflight request). */
    private static @Nullable String preflightMethod(RawRequestHead head) {
        return head.value(HeaderName.ORIGIN) == null ? null : head.value("access-control-request-method");
    }

    /** The route is known and does not take the call; its policies still say what the answer bears. */
    private void refuse(
            GatewayCall call, CurrentRoutes.Snapshot<RouteTarget> now, ApiRoute route, GatewayRefusal refusal) {
        RouteTarget target = now.table().compiled(route.id());
        GatewayRefusal early = null;
        call.route(route);
        if (target != null) {
            client.routed(target);
            call.policies(target.policies(), now.version());
            early = StageRunner.decideNow(target.policies().arrival(), call);
        }
        if (early == null && route.callers() == ApiRoute.Callers.KNOWN) {
            // What there is and how it may be used is said to those alone that the route exists for.
            decided = refusal;
            StageRunner.runIdentity(plane.pipeline, call, worker.loop, this);
        } else {
            client.refuse(early == null ? refusal : early);
        }
    }

    private void decide(GatewayCall call, RouteMatch.Found<RouteTarget> match, String version) {
        RouteTarget target = match.compiled();
        client.routed(target);
        call.route(match.route());
        call.policies(target.policies(), version);
        GatewayRefusal early = StageRunner.decideNow(target.policies().arrival(), call);
        if (early == null && call.head().contentLength() > plane.limits.bodyBytes()) {
            early = new GatewayRefusal.BodyTooLarge(plane.limits.bodyBytes());
        }
        if (early != null) {
            client.refuse(early);
            return;
        }
        found = match;
        if (call.localAnswer() == null) {
            StageRunner.run(plane.pipeline, call, worker.loop, this);
        } else {
            StageRunner.runEvidence(plane.pipeline, call, worker.loop, this);
        }
    }

    @Override
    public void passed(GatewayCall call) {
        RouteMatch.Found<RouteTarget> match = found;
        LocalAnswer own = call.localAnswer();
        GatewayRefusal refusal = decided;
        decided = null;
        if (refusal != null) {
            client.refuse(refusal);
        } else if (own != null) {
            client.answer(own.status(), own.contentType(), own.body(), own.fieldsWithout(call.answerFields()));
        } else if (match != null) {
            client.forward(new ProxyExchange(plane, worker, client, call, match.compiled(), match.rest()));
        }
    }

    @Override
    public void refused(GatewayCall call, GatewayRefusal refusal) {
        decided = null;
        if (refusal instanceof GatewayRefusal.NoRoute) {
            call.keepAnswerFields(linesOfAll, joinedLinesOfAll);
        }
        client.refuse(refusal);
    }

    /** @param result other than complete and incomplete */
    GatewayRefusal headRefusal(HeadReader.Result result, HeadReader reader) {
        return switch (result) {
            case TARGET_TOO_LONG ->
                new GatewayRefusal.TargetTooLong(plane.limits.heads().targetBytes());
            case FIELDS_TOO_LARGE ->
                new GatewayRefusal.HeadersTooLarge(
                        plane.limits.heads().fieldBytes(), plane.limits.heads().fields());
            case VERSION_NOT_SUPPORTED -> new GatewayRefusal.VersionNotSupported();
            default -> new GatewayRefusal.MalformedRequest(reader.fault());
        };
    }

    /** The one protocol that a request may change to; h2c and others are answered as if they had not been asked for. */
    static boolean isWebSocket(RawRequestHead head) {
        if (!head.isUpgrade() || head.hasBody() || !head.method().equals("GET")) {
            return false;
        }
        String protocol = head.value(HeaderName.UPGRADE);
        return protocol != null && protocol.equalsIgnoreCase("websocket");
    }
}
