package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageRunner;
import bulwark.gateway.endpoint.GatewayEndpoint;
import bulwark.gateway.http1.HeadReader;
import bulwark.gateway.http1.HeaderName;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.PathRefused;
import bulwark.gateway.route.RouteMatch;
import bulwark.gateway.route.TargetPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says where requests go: to an endpoint of the gateway, or through the stages to a route's upstream. Used on the connection's event loop. */
final class RequestDispatch implements StageRunner.Continuation {
    private static final byte[] HEALTH = "/health".getBytes(StandardCharsets.US_ASCII);

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final ClientExchange client;
    private RouteMatch.@Nullable Found<RouteTarget> found;

    RequestDispatch(PlaneContext plane, LoopWorker worker, ClientExchange client) {
        this.plane = plane;
        this.worker = worker;
        this.client = client;
    }

    void dispatch(GatewayCall call) {
        RawRequestHead head = call.head();
        if (client.redirectPort() != 0 && !head.startsWithPath(HEALTH)) {
            client.answer(308, "", new byte[0], List.of("Location", TlsLocation.of(head, client.redirectPort())));
            return;
        }
        GatewayEndpoint endpoint = plane.endpoints.find(head);
        if (endpoint != null) {
            client.take(new EndpointExchange(client, call, endpoint, worker.loop));
            return;
        }
        if (head.method().equals("CONNECT") || head.method().equals("TRACE")) {
            client.refuse(new GatewayRefusal.MethodNotImplemented());
            return;
        }
        try {
            TargetPath path = TargetPath.of(head.bytes(), head.targetStart(), head.targetEnd());
            switch (plane.routes.table().match(head.method(), path)) {
                case RouteMatch.Found<RouteTarget> match -> decide(call, match);
                case RouteMatch.NotFound<RouteTarget> _ -> client.refuse(new GatewayRefusal.NoRoute());
                case RouteMatch.NotActivated<RouteTarget> _ -> client.refuse(new GatewayRefusal.RouteNotActivated());
                case RouteMatch.MethodNotAllowed<RouteTarget> match ->
                    client.refuse(new GatewayRefusal.MethodNotAllowed(match.allowed()));
                case RouteMatch.PathNotTaken<RouteTarget> match ->
                    client.refuse(new GatewayRefusal.AmbiguousPath(match.fault().sentence()));
            }
        } catch (PathRefused e) {
            client.refuse(new GatewayRefusal.AmbiguousPath(e.fault().sentence()));
        }
    }

    private void decide(GatewayCall call, RouteMatch.Found<RouteTarget> match) {
        client.routed(match.compiled());
        call.route(match.route());
        if (call.head().contentLength() > plane.limits.bodyBytes()) {
            client.refuse(new GatewayRefusal.BodyTooLarge(plane.limits.bodyBytes()));
            return;
        }
        found = match;
        StageRunner.run(plane.pipeline, call, worker.loop, this);
    }

    @Override
    public void passed(GatewayCall call) {
        RouteMatch.Found<RouteTarget> match = found;
        if (match != null) {
            client.forward(new ProxyExchange(plane, worker, client, call, match.compiled(), match.rest()));
        }
    }

    @Override
    public void refused(GatewayCall call, GatewayRefusal refusal) {
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
