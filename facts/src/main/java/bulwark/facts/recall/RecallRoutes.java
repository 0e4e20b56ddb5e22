package bulwark.facts.recall;

import bulwark.facts.ScopeLimit;
import bulwark.facts.fact.FactRoutes;
import bulwark.web.QueryParameters;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.List;

/** {@code POST /v1/recall} (Stigmem spec-07). Thread-safe. */
public final class RecallRoutes {
    private final Recall recall;

    public RecallRoutes(Recall recall) {
        this.recall = recall;
    }

    public List<Route> routes() {
        return List.of(Route.permitted("POST", "/v1/recall", "read", "fact_read", this::recall));
    }

    private Response recall(Request request) {
        FactRoutes.session(request);
        QueryParameters parameters = QueryParameters.of(request);
        boolean legacy = parameters.flag("legacy_format", false);
        parameters.check();
        RecallQuery query = RecallQuery.parse(request.body());
        ScopeLimit.require(request.principal(), query.scope());
        boolean prove = FactRoutes.full(request);
        RecallResponse answer = recall.answer(request.principal(), query, prove, request.memory());
        return Response.jsonBytes(200, answer.json(legacy, request.memory()))
                .with("X-Total-Count", Integer.toString(answer.totalScored()));
    }
}
