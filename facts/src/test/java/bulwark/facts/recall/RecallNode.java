package bulwark.facts.recall;

import bulwark.facts.node.NodeComposition;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import bulwark.web.Headers;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** A node as the program composes it, with its search index, without a listener. */
public final class RecallNode implements AutoCloseable {
    public static final Principal ALICE = principal("agent:alice");
    public static final Principal BOB = principal("agent:bob");

    public final SettableClock clock = new SettableClock(Instant.parse("2026-03-01T00:00:00Z"));
    public final Store store;
    public final AuditLog audit;
    public final Metrics metrics;
    final RecallIndex index;
    final RecallLog log;
    private final NodeComposition node;

    public RecallNode(Path folder) {
        node = NodeComposition.open(Map.of("STIGMEM_TL_BACKEND", "off"), folder.resolve("facts.db"), clock);
        store = node.store();
        audit = node.audit();
        metrics = node.metrics();
        index = node.index();
        index.start();
        log = node.recalls();
    }

    private static Principal principal(String entity) {
        return new Principal(entity, "default", Set.of("read", "write"), "key");
    }

    /** @return the id of the new fact */
    public String assertFact(String entity, String relation, String text) {
        return assertFact(ALICE, Map.of("entity", entity, "relation", relation, "value", text, "scope", "company"));
    }

    public String assertRef(String entity, String relation, String target) {
        Map<String, Object> value = Map.of("type", "ref", "v", target);
        return assertFact(ALICE, Map.of("entity", entity, "relation", relation, "value", value, "scope", "company"));
    }

    public String assertFact(Principal principal, Map<String, Object> body) {
        JsonNode answer = json(call(principal, "POST", "/v1/facts", body, Map.of()));
        return answer.get("id").stringValue();
    }

    public JsonNode recall(String query) {
        return recall(ALICE, Map.of("query", query, "scope", "company"));
    }

    public JsonNode recall(Principal principal, Map<String, Object> body) {
        return json(call(principal, "POST", "/v1/recall", body, Map.of()));
    }

    static List<String> ids(JsonNode recall) {
        List<String> ids = new ArrayList<>();
        recall.get("facts").forEach(item -> ids.add(item.get("fact").get("id").stringValue()));
        return ids;
    }

    public static JsonNode json(Response response) {
        return StrictJson.parse(response.body());
    }

    /** As the edge does it: the handler of the one route that matches. */
    public Response call(Principal principal, String method, String target, Object body, Map<String, String> headers) {
        String path = target.split("\\?", 2)[0];
        Route route = node.networkRoutes().stream()
                .filter(r -> r.method().equals(method) && r.path().equals(path))
                .findFirst()
                .orElseThrow();
        return route.handler().handle(new Call(principal, method, target, StrictJson.write(body), Headers.of(headers)));
    }

    private record Call(Principal principal, String method, String target, byte[] body, Headers headers)
            implements Request {
        @Override
        public String path() {
            return target.split("\\?", 2)[0];
        }

        @Override
        public String pathParameter(String name) {
            throw new IllegalArgumentException(name);
        }

        @Override
        public Optional<String> query(String name) {
            return queryAll(name).stream().findFirst();
        }

        @Override
        public List<String> queryAll(String name) {
            List<String> values = new ArrayList<>();
            String[] parts = target.split("\\?", 2);
            for (String pair : parts.length < 2 ? new String[0] : parts[1].split("&")) {
                String[] member = pair.split("=", 2);
                if (member[0].equals(name)) {
                    values.add(URLDecoder.decode(member.length < 2 ? "" : member[1], StandardCharsets.UTF_8));
                }
            }
            return values;
        }

        @Override
        public String requestId() {
            return "test";
        }

        @Override
        public boolean tls() {
            return false;
        }

        @Override
        public String remote() {
            return "local";
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
