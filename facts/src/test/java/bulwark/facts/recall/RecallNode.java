package bulwark.facts.recall;

import bulwark.facts.GivenRequest;
import bulwark.facts.node.NodeComposition;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.Store;
import bulwark.kernel.time.SettableClock;
import bulwark.web.Response;
import bulwark.web.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    /** As the node seals its own index, in another folder. */
    IndexSeal seal(Path keyFolder) {
        try {
            Files.createDirectories(keyFolder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new IndexSeal(keyFolder, node.heads().keys(), node.heads().storeId(), clock);
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
        return route.handler()
                .handle(GivenRequest.ofTarget(method, target)
                        .as(principal)
                        .headers(headers)
                        .json(new String(StrictJson.write(body), StandardCharsets.UTF_8)));
    }

    @Override
    public void close() {
        node.close();
    }
}
