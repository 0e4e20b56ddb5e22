package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.facts.garden.GardenAccess;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import bulwark.web.JsonPage;
import bulwark.web.QueryParameters;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /v1/conflicts}: contradictions that wait for a decision. */
public final class ConflictRoutes {
    private final ConflictService conflicts;

    public ConflictRoutes(FactService facts, Store store, AuditLog audit, GardenAccess gardens, Clock clock) {
        this.conflicts = new ConflictService(store, audit, gardens, facts, clock);
    }

    public List<Route> routes() {
        return List.of(
                Route.permitted("GET", "/v1/conflicts", "read", "fact_read", this::list),
                Route.permitted("POST", "/v1/conflicts/{id}/resolve", "write", "fact_write", this::resolve));
    }

    private Response list(Request request) {
        QueryParameters query = QueryParameters.of(request);
        String status = query.oneOf("status", Set.of("resolved", "unresolved")).orElse(null);
        int limit = (int) query.wholeNumber("limit", 50, 1, 500);
        long before = query.optionalText("cursor").map(ConflictRoutes::position).orElse(Long.MAX_VALUE);
        query.check();
        ConflictService.Page page = conflicts.page(request.principal(), status, before, limit, request.memory());
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put(
                "cursor",
                page.more() ? Long.toString(page.batches().getLast().getLast().seq()) : null);
        members.put("has_more", page.more());
        return Response.streamed(200, out -> {
            JsonPage list = new JsonPage(out, "conflicts");
            for (List<ConflictService.Conflict> batch : page.batches()) {
                Map<String, Map<String, @Nullable Object>> sides = conflicts.sides(batch);
                for (ConflictService.Conflict conflict : batch) {
                    list.item(conflict.wire(sides));
                }
            }
            list.end(members);
        });
    }

    private Response resolve(Request request) {
        ConflictService.Decision decision = ConflictService.Decision.parse(request.body());
        String resolution = conflicts.resolve(request.principal(), request.pathParameter("id"), decision);
        return Response.json(200, Map.of("resolution_fact_id", resolution, "conflict_status", "resolved"));
    }

    private static Long position(String cursor) {
        if (!cursor.matches("[0-9]{1,18}")) {
            throw new ApiRefusal(MALFORMED, "unknown_cursor", "cursor is not one that this node gave out");
        }
        return Long.valueOf(cursor);
    }
}
