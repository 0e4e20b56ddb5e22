package bulwark.gateway.admin;

import bulwark.gateway.balance.CircuitBreaker;
import bulwark.gateway.balance.UpstreamDirectory;
import bulwark.gateway.evidence.DecisionQuery;
import bulwark.gateway.evidence.EvidenceFolder;
import bulwark.gateway.evidence.Explanation;
import bulwark.gateway.evidence.RecordedDecision;
import bulwark.gateway.route.RouteRegistry;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code /admin/diagnostic} and {@code /admin/diagnostics}: what the gateway knows of its own state, and why calls were let through or refused. */
final class DiagnosticsResource {
    private static final Duration SUMMARY_WINDOW = Duration.ofMinutes(15);
    private static final Duration SEARCH_WINDOW = Duration.ofDays(7);
    private static final int MAX_RECORDS = 10_000;
    private static final int MAX_SHOWN = 20;

    private final RouteRegistry routes;
    private final UpstreamDirectory upstreams;
    private final EvidenceFolder records;
    private final AdminEvidence evidence;
    private final Clock clock;

    DiagnosticsResource(
            RouteRegistry routes,
            UpstreamDirectory upstreams,
            EvidenceFolder records,
            AdminEvidence evidence,
            Clock clock) {
        this.routes = routes;
        this.upstreams = upstreams;
        this.records = records;
        this.evidence = evidence;
        this.clock = clock;
    }

    List<Route> all() {
        return List.of(
                evidence.read("/admin/diagnostic", this::state),
                evidence.read("/admin/diagnostics/summary", this::summary),
                evidence.read("/admin/diagnostics/{request_id}", this::call),
                evidence.read(
                        "/admin/tracing/status",
                        request -> Response.json(
                                200,
                                Map.of("trace_context", "w3c", "exported", false, "request_id", "X-Stoa-Trace-Id"))),
                evidence.act("POST", "/admin/routes/reload", this::reload));
    }

    private Response state(Request request) {
        Runtime runtime = Runtime.getRuntime();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("generation", routes.generation());
        fields.put("routes", routes.routes().size());
        fields.put("policies", routes.policies().size());
        fields.put("snapshot_problem", routes.problem());
        fields.put(
                "open_circuits",
                upstreams.breakers().stream()
                        .filter(stats -> stats.state() != CircuitBreaker.State.CLOSED)
                        .map(CircuitBreaker.Stats::name)
                        .toList());
        fields.put("heap_used_bytes", runtime.totalMemory() - runtime.freeMemory());
        fields.put("heap_max_bytes", runtime.maxMemory());
        fields.put("processors", runtime.availableProcessors());
        return Response.json(200, fields);
    }

    /** Of the newest records of the window. */
    private Response summary(Request request) {
        Instant since = clock.instant().minus(SUMMARY_WINDOW);
        List<RecordedDecision> calls = find(since, null, MAX_RECORDS).stream()
                .filter(RecordedDecision::isCall)
                .toList();
        Map<String, Integer> byCode = new TreeMap<>();
        Map<String, Integer> byRule = new TreeMap<>();
        for (RecordedDecision call : calls) {
            if (call.text("decision").equals("refuse")) {
                byCode.merge(call.text("code"), 1, Integer::sum);
                if (!call.text("rule").isEmpty()) {
                    byRule.merge(call.text("rule"), 1, Integer::sum);
                }
            }
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("window_seconds", SUMMARY_WINDOW.toSeconds());
        fields.put("recorded_calls", calls.size());
        fields.put("refused_by_code", byCode);
        fields.put("refused_by_rule", byRule);
        return Response.json(200, fields);
    }

    /** By trace id or request id. */
    private Response call(Request request) {
        String id = request.pathParameter("request_id");
        List<RecordedDecision> found = find(clock.instant().minus(SEARCH_WINDOW), id, MAX_SHOWN);
        if (found.isEmpty()) {
            throw AdminRefused.of(404, "No call of the last seven days has this trace id or request id.");
        }
        List<Map<String, Object>> calls = new ArrayList<>();
        for (RecordedDecision record : found) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("record", record.members());
            fields.put("explanation", Explanation.of(record));
            calls.add(fields);
        }
        return Response.json(200, Map.of("calls", calls));
    }

    private List<RecordedDecision> find(Instant since, @Nullable String id, int limit) {
        try {
            return records.query(new DecisionQuery(since, null, null, null, null, id, limit));
        } catch (IOException e) {
            throw new UncheckedIOException("the journal cannot be read", e);
        }
    }

    private Response reload(Request request) {
        throw AdminRefused.of(
                409,
                "Reloading is disabled: routes and policies come through this API and stoa apply, and hold at once. There is nothing to read again.");
    }
}
