package bulwark.gateway.admin;

import bulwark.gateway.balance.CircuitBreaker;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.kernel.json.JsonFields;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /admin/circuit-breakers}: one for each upstream that a call went to. */
final class BreakersResource {
    private final UpstreamDirectory upstreams;
    private final AdminEvidence evidence;

    BreakersResource(UpstreamDirectory upstreams, AdminEvidence evidence) {
        this.upstreams = upstreams;
        this.evidence = evidence;
    }

    List<Route> routes() {
        return List.of(
                evidence.read("/admin/circuit-breakers", this::list),
                evidence.act("POST", "/admin/circuit-breakers/{name}/reset", this::reset),
                evidence.read("/admin/circuit-breaker/stats", this::stats),
                evidence.act("POST", "/admin/circuit-breaker/reset", this::resetAll));
    }

    private Response list(Request request) {
        return Response.json(
                200, upstreams.breakers().stream().map(BreakersResource::fields).toList());
    }

    private static Map<String, Object> fields(CircuitBreaker.Stats stats) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", stats.name());
        fields.put("state", JsonFields.word(stats.state()));
        fields.put("success_count", stats.successCount());
        fields.put("failure_count", stats.failureCount());
        fields.put("failures_in_window", stats.failuresInWindow());
        fields.put("open_count", stats.openCount());
        fields.put("rejected_count", stats.rejectedCount());
        return fields;
    }

    /** Sums over all upstreams. */
    private Response stats(Request request) {
        List<CircuitBreaker.Stats> all = upstreams.breakers();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("breakers", all.size());
        for (CircuitBreaker.State state : CircuitBreaker.State.values()) {
            fields.put(
                    JsonFields.word(state),
                    all.stream().filter(stats -> stats.state() == state).count());
        }
        fields.put(
                "success_count",
                all.stream().mapToLong(CircuitBreaker.Stats::successCount).sum());
        fields.put(
                "failure_count",
                all.stream().mapToLong(CircuitBreaker.Stats::failureCount).sum());
        fields.put(
                "open_count",
                all.stream().mapToLong(CircuitBreaker.Stats::openCount).sum());
        fields.put(
                "rejected_count",
                all.stream().mapToLong(CircuitBreaker.Stats::rejectedCount).sum());
        return Response.json(200, fields);
    }

    private Response reset(Request request) {
        CircuitBreaker breaker = upstreams
                .breaker(request.pathParameter("name"))
                .filter(CircuitBreaker::isUsed)
                .orElseThrow(() -> AdminRefused.of(404, "There is no circuit breaker of this name."));
        return Response.json(200, reset(breaker));
    }

    private Response resetAll(Request request) {
        List<Map<String, Object>> breakers = upstreams.breakers().stream()
                .map(CircuitBreaker.Stats::name)
                .flatMap(name -> upstreams.breaker(name).stream())
                .map(BreakersResource::reset)
                .toList();
        return Response.json(200, Map.of("status", "ok", "breakers", breakers));
    }

    private static Map<String, Object> reset(CircuitBreaker breaker) {
        CircuitBreaker.State before = breaker.reset();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", breaker.name());
        fields.put("previous_state", JsonFields.word(before));
        fields.put("new_state", JsonFields.word(breaker.state()));
        return fields;
    }
}
