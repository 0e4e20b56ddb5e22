package bulwark.gateway.admin;

import bulwark.gateway.quota.QuotaAdmin;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.List;
import java.util.Map;

/** {@code /admin/quotas}: what consumers used of their plans, as this gateway counts. */
final class QuotasResource {
    private static final String NOT_FOUND = "No call of this consumer was ever counted here.";

    private final QuotaAdmin quotas;
    private final AdminEvidence evidence;

    QuotasResource(QuotaAdmin quotas, AdminEvidence evidence) {
        this.quotas = quotas;
        this.evidence = evidence;
    }

    List<Route> routes() {
        return List.of(
                evidence.read("/admin/quotas", request -> Response.json(200, quotas.list())),
                evidence.read("/admin/quotas/{consumer}", this::show),
                evidence.act("POST", "/admin/quotas/{consumer}/reset", this::reset));
    }

    private Response show(Request request) {
        return Response.json(
                200,
                quotas.consumer(request.pathParameter("consumer")).orElseThrow(() -> AdminRefused.of(404, NOT_FOUND)));
    }

    private Response reset(Request request) {
        String consumer = request.pathParameter("consumer");
        if (!quotas.reset(consumer)) {
            throw AdminRefused.of(404, NOT_FOUND);
        }
        return Response.json(200, Map.of("status", "ok", "consumer", consumer));
    }
}
