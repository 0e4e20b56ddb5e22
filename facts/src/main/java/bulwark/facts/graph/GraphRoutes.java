package bulwark.facts.graph;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.facts.Scope;
import bulwark.facts.ScopeLimit;
import bulwark.facts.fact.EntityUri;
import bulwark.facts.fact.IsoInstants;
import bulwark.facts.garden.GardenAccess;
import bulwark.kernel.access.Principal;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import bulwark.web.QueryParameters;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/graph/neighbors} (Stigmem spec-07). Thread-safe. */
public final class GraphRoutes {
    private static final int MAX_DEPTH = 3;
    private static final int MAX_NEIGHBOURS = 10_000;

    private final Store store;
    private final GardenAccess gardens;
    private final Clock clock;

    public GraphRoutes(Store store, GardenAccess gardens, Clock clock) {
        this.store = store;
        this.gardens = gardens;
        this.clock = clock;
    }

    public List<Route> routes() {
        return List.of(Route.permitted("GET", "/v1/graph/neighbors", "read", "fact_read", this::neighbours));
    }

    private Response neighbours(Request request) {
        Question question = question(request);
        Principal principal = request.principal();
        ScopeLimit.require(principal, question.scope());
        List<Neighbour> all = store.read(tx -> GraphWalk.from(
                tx,
                List.of(question.entity()),
                question.depth(),
                new GraphWalk.Rules(
                        principal.tenant(),
                        question.scope().wire(),
                        gardens.readable(tx, principal),
                        question.relation(),
                        question.minConfidence(),
                        IsoInstants.micros(clock.instant()),
                        question.contradicted(),
                        MAX_NEIGHBOURS),
                request.memory()::take));
        return Response.json(200, answer(question, all));
    }

    private record Question(
            String entity,
            int depth,
            Scope scope,
            Predicate<String> relation,
            double minConfidence,
            boolean contradicted,
            int offset,
            int pageSize) {}

    private Question question(Request request) {
        QueryParameters query = QueryParameters.of(request);
        String entity = query.text("entity");
        query.text("scope");
        long depth = query.wholeNumber("depth", 1, 1, Integer.MAX_VALUE);
        double minConfidence = query.number("min_confidence", 0.1, 0, 1);
        query.number("min_trust", 0, 0, 1);
        boolean contradicted = query.flag("include_contradicted", true);
        int pageSize = (int) query.wholeNumber("page_size", 20, 1, 200);
        Predicate<String> relation =
                relation(query.optionalText("relation_filter").orElse("*"));
        String cursor = query.optionalText("cursor").orElse("");
        query.check();
        if (depth > MAX_DEPTH) {
            throw new ApiRefusal(MALFORMED, "graph_depth_exceeded", "depth must be ≤ " + MAX_DEPTH);
        }
        Scope scope = query.oneOf("scope", Scope.NAMES).flatMap(Scope::of).orElse(Scope.LOCAL);
        int offset = cursor.isEmpty()
                ? 0
                : GraphCursor.parse(cursor, clock.instant()).offset();
        return new Question(
                EntityUri.normalise(entity),
                (int) depth,
                scope,
                relation,
                minConfidence,
                contradicted,
                offset,
                pageSize);
    }

    private static Predicate<String> relation(String filter) {
        if (filter.endsWith("*")) {
            String prefix = filter.substring(0, filter.length() - 1);
            return relation -> relation.startsWith(prefix);
        }
        return filter::equals;
    }

    private Map<String, @Nullable Object> answer(Question question, List<Neighbour> all) {
        int from = Math.min(question.offset(), all.size());
        int to = Math.min(from + question.pageSize(), all.size());
        List<Object> page = new ArrayList<>();
        all.subList(from, to).forEach(neighbour -> page.add(item(neighbour)));
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("entity", question.entity());
        answer.put("depth", question.depth());
        answer.put("neighbors", page);
        answer.put("next_cursor", to < all.size() ? new GraphCursor(to, clock.instant()).text() : null);
        answer.put("total_hint", all.size());
        return answer;
    }

    /** Trust is not scored on this node: {@code source_trust} is null, and {@code min_trust} hides nothing. */
    private static Map<String, @Nullable Object> item(Neighbour neighbour) {
        Map<String, @Nullable Object> item = new LinkedHashMap<>();
        item.put("entity", neighbour.entity());
        item.put("relation", neighbour.relation());
        item.put("hops", neighbour.hops());
        item.put("confidence", neighbour.confidence());
        item.put("source_trust", null);
        item.put("path", neighbour.path());
        if (neighbour.contradicted()) {
            item.put("contradicted", true);
        }
        return item;
    }
}
