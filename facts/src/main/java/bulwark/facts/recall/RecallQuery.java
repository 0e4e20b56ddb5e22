package bulwark.facts.recall;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;
import static bulwark.web.ApiRefusal.Kind.UNSUPPORTED;

import bulwark.facts.Scope;
import bulwark.web.ApiRefusal;
import bulwark.web.RequestBody;
import java.util.Optional;

/**
 * What a caller wants to remember.
 *
 * @param depth hops from the best hits to the entities whose facts join, 1–3
 * @param limit most facts in the answer, 1–500
 */
record RecallQuery(
        String query,
        Scope scope,
        int tokenBudget,
        int depth,
        Weights weights,
        double minConfidence,
        boolean neighbours,
        int limit) {

    /** Share of each signal in the score, each 0–1. */
    record Weights(double lexical, double semantic, double graph, double sourceTrust, double recency) {
        static final Weights DEFAULT = new Weights(0.35, 0.35, 0.15, 0.10, 0.05);

        double sum() {
            double sum = lexical + semantic + graph + sourceTrust + recency;
            return sum > 0 ? sum : 1;
        }
    }

    /** @throws ApiRefusal when a field is wrong, the scope is unknown or a moment of the past is asked for */
    static RecallQuery parse(byte[] json) {
        RequestBody body = RequestBody.parse(json);
        String query = body.text("query", 1, Integer.MAX_VALUE);
        String scope = body.optionalText("scope").orElse(Scope.LOCAL.wire());
        int budget = (int) body.wholeNumber("token_budget", 4000, 1, 200_000);
        int depth = (int) body.wholeNumber("depth", 2, 1, 3);
        Weights weights =
                body.optionalObject("weights").map(RecallQuery::weights).orElse(Weights.DEFAULT);
        double minConfidence = body.number("min_confidence", 0.1, 0, 1);
        boolean neighbours = body.flag("include_neighbors", true);
        int limit = (int) body.wholeNumber("limit", 100, 1, 500);
        Optional<String> asOf = body.optionalText("as_of");
        body.check();
        if (asOf.isPresent()) {
            String message = "as_of needs the time-travel feature, which this node does not have";
            throw new ApiRefusal(UNSUPPORTED, "time_travel_plugin_not_loaded", message);
        }
        Scope known = Scope.of(scope).orElseThrow(RecallQuery::unknownScope);
        return new RecallQuery(query, known, budget, depth, weights, minConfidence, neighbours, limit);
    }

    private static ApiRefusal unknownScope() {
        return new ApiRefusal(
                MALFORMED, "invalid_scope", "invalid_scope: must be one of ['company', 'local', 'public', 'team']");
    }

    private static Weights weights(RequestBody body) {
        Weights usual = Weights.DEFAULT;
        return new Weights(
                body.number("lexical", usual.lexical, 0, 1),
                body.number("semantic", usual.semantic, 0, 1),
                body.number("graph", usual.graph, 0, 1),
                body.number("source_trust", usual.sourceTrust, 0, 1),
                body.number("recency", usual.recency, 0, 1));
    }
}
