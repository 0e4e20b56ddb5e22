package bulwark.gateway.admin;

import bulwark.gateway.credential.BackendCredential;
import bulwark.gateway.credential.BackendCredentials;
import bulwark.gateway.credential.CredentialJson;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteRegistry;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** {@code /admin/backend-credentials} and {@code /admin/consumer-credentials}: what the gateway shows backends. Secrets come in and never out. */
final class CredentialsResource {
    private static final String BACKEND = "/admin/backend-credentials";
    private static final String CONSUMER = "/admin/consumer-credentials";

    private final BackendCredentials credentials;
    private final RouteRegistry routes;
    private final AddressGuard guard;
    private final AdminEvidence evidence;

    CredentialsResource(
            BackendCredentials credentials, RouteRegistry routes, AddressGuard guard, AdminEvidence evidence) {
        this.credentials = credentials;
        this.routes = routes;
        this.guard = guard;
        this.evidence = evidence;
    }

    List<Route> all() {
        return List.of(
                evidence.read(BACKEND, request -> list(false)),
                evidence.act("POST", BACKEND, request -> put(request, false)),
                evidence.act(
                        "DELETE", BACKEND + "/{route_id}", request -> remove(request.pathParameter("route_id"), "")),
                evidence.read(CONSUMER, request -> list(true)),
                evidence.act("POST", CONSUMER, request -> put(request, true)),
                evidence.act(
                        "DELETE",
                        CONSUMER + "/{route_id}/{consumer_id}",
                        request -> remove(request.pathParameter("route_id"), request.pathParameter("consumer_id"))));
    }

    private Response list(boolean ofConsumers) {
        return Response.json(
                200,
                credentials.list(ofConsumers).stream()
                        .map(CredentialJson::shown)
                        .toList());
    }

    private Response put(Request request, boolean ofConsumer) {
        List<String> faults = new ArrayList<>();
        JsonNode document;
        try {
            document = StrictJson.parse(request.body());
        } catch (StrictJson.JsonRefused e) {
            throw AdminRefused.invalid(List.of("the document is no JSON object, or names a field twice"));
        }
        BackendCredential credential = CredentialJson.read(document, ofConsumer, faults);
        ApiRoute route = routes.byId(credential.routeId());
        if (route == null && !credential.routeId().isEmpty()) {
            faults.add("route_id: there is no API of this id");
        }
        if (faults.isEmpty() && credential.tokenUrl() != null) {
            blocked(credential.tokenUrl(), faults);
        }
        String unread = faults.isEmpty() ? credentials.problem(credential) : null;
        if (unread != null) {
            faults.add("secret_ref: " + unread);
        }
        if (!faults.isEmpty() || route == null) {
            throw AdminRefused.invalid(faults);
        }
        boolean before = credentials.put(credential, route, AdminTokenAuthenticator.ACTOR);
        Map<String, Object> answer = new LinkedHashMap<>(CredentialJson.shown(credential));
        answer.put("status", "ok");
        return Response.json(before ? 200 : 201, answer);
    }

    private void blocked(String url, List<String> faults) {
        try {
            if (guard.decide(TargetUrl.parse(url)) instanceof GuardDecision.Blocked no) {
                faults.add("oauth2.token_url: " + no.sentence());
            }
        } catch (TargetRefused e) {
            faults.add("oauth2.token_url: " + e.getMessage());
        }
    }

    private Response remove(String route, String consumer) {
        if (!credentials.remove(route, consumer, AdminTokenAuthenticator.ACTOR)) {
            throw AdminRefused.of(404, "There is no such credential.");
        }
        return Response.noContent();
    }
}
