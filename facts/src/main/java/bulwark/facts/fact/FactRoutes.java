package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.facts.FactsAuditEvents;
import bulwark.facts.garden.GardenAccess;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import bulwark.web.JsonPage;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code /v1/facts}: assert, list, read one, provenance, content ids. */
public final class FactRoutes {
    private static final String WRITE = "fact_write";
    private static final String READ = "fact_read";
    private static final String ONE = "/v1/facts/{id}";

    private final FactService facts;
    private final FactReader reads;
    private final Function<String, Map<String, @Nullable Object>> chainProofs;
    private final AuditLog audit;
    private final Metrics metrics;

    /** @param chainProofs verifies the chain of a tenant and gives its head and anchor as JSON; refuses when the chain is broken */
    public FactRoutes(
            FactService facts,
            Store store,
            GardenAccess gardens,
            Function<String, Map<String, @Nullable Object>> chainProofs,
            AuditLog audit,
            Clock clock,
            Metrics metrics) {
        this.facts = facts;
        this.reads = new FactReader(store, clock, gardens, facts.cache());
        this.chainProofs = chainProofs;
        this.audit = audit;
        this.metrics = metrics;
    }

    public List<Route> routes() {
        return List.of(
                Route.permitted("POST", "/v1/facts", "write", WRITE, this::create),
                Route.permitted("GET", "/v1/facts", "read", READ, this::list),
                Route.permitted("GET", ONE, "read", READ, this::get).onEventLoop(),
                Route.permitted("GET", ONE + "/provenance", "read", READ, this::provenance),
                Route.permitted("POST", ONE + "/verify-cid", "read", READ, this::verifyCid),
                Route.permitted("GET", "/v1/admin/cid-backfill/status", "admin", READ, FactRoutes::backfill));
    }

    private Response create(Request request) {
        session(request);
        Principal caller = request.principal();
        AssertRequest wanted = AssertRequest.parse(request.body(), caller.entityUri());
        FactService.Asserted asserted = facts.assertFact(caller, wanted);
        List<String> warnings = new ArrayList<>(wanted.warnings());
        warnings.addAll(asserted.warnings());
        return Response.json(201, FactRecord.of(asserted.fact(), asserted.contradicted(), warnings, false));
    }

    private Response list(Request request) {
        session(request);
        Principal caller = request.principal();
        boolean full = full(request);
        FactReader.Listed listed = reads.list(caller, FactQuery.parse(request), request.memory());
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("total", listed.total());
        members.put("cursor", listed.cursor() == null ? null : listed.cursor().wire());
        members.put("tombstone_notices", List.of());
        if (full) {
            members.put("chain_proof", chainProofs.apply(caller.tenant()));
        }
        return Response.streamed(200, out -> write(out, caller, listed, members))
                .with("X-Total-Count", Long.toString(listed.total()));
    }

    /** Between two batches no transaction is open: a slow reader holds nothing of the store. */
    private void write(
            OutputStream out, Principal caller, FactReader.Listed listed, Map<String, @Nullable Object> members)
            throws IOException {
        JsonPage page = new JsonPage(out, "facts");
        try {
            for (Object fact : listed.first()) {
                page.item(fact);
            }
            for (List<Long> rows : listed.rest()) {
                for (Object fact : reads.batch(rows)) {
                    page.item(fact);
                }
            }
        } finally {
            wasRead(caller, null, Map.of("returned", page.count()));
        }
        page.end(members);
    }

    /** On the event loop only what the cache holds; null asks for a thread that may block. */
    private @Nullable Response get(Request request) {
        session(request);
        Principal caller = request.principal();
        String reference = request.pathParameter("id");
        boolean full = full(request);
        RenderedFact rendered = full ? null : reads.cached(caller, reference);
        if (rendered == null) {
            if (!Thread.currentThread().isVirtual()) {
                return null;
            }
            if (full) {
                // Refuses when the chain does not verify.
                Object ignored = chainProofs.apply(caller.tenant());
            }
            rendered = reads.get(caller, reference, full);
        }
        wasRead(caller, rendered.id(), Map.of());
        return Response.jsonBytes(200, rendered.json());
    }

    private Response provenance(Request request) {
        return Response.json(200, reads.provenance(request.principal(), request.pathParameter("id")));
    }

    private Response verifyCid(Request request) {
        return Response.json(200, reads.verifyCid(request.principal(), request.pathParameter("id")));
    }

    private static Response backfill(Request request) {
        // Every fact is stored with its content id, so there is never anything to fill in.
        return Response.json(200, Map.of("status", "complete", "pending", 0));
    }

    private void wasRead(Principal caller, @Nullable String factId, Map<String, ? extends @Nullable Object> detail) {
        metrics.count(
                "stigmem_fact_read", "principal", metrics.principal(caller.entityUri()), "tenant", caller.tenant());
        audit.appendLater(FactsAuditEvents.FACT_READ.event(caller.entityUri(), caller.tenant(), factId, null, detail));
    }

    /**
     * Whether the caller wants the whole chain verified before the answer.
     *
     * @throws ApiRefusal for a word that this node does not know: a typo must not turn verification off
     */
    public static boolean full(Request request) {
        Optional<String> wish = request.header("Stigmem-Verify").map(String::strip);
        if (wish.isPresent() && !wish.get().equalsIgnoreCase("full")) {
            throw new ApiRefusal(MALFORMED, "verify_unknown", "Stigmem-Verify must be 'full', or be left out");
        }
        return wish.isPresent();
    }

    /** @throws ApiRefusal when the session id of the request is too long */
    public static void session(Request request) {
        if (request.header("Stigmem-Session").orElse("").strip().length() > 128) {
            throw new ApiRefusal(MALFORMED, "session_id_too_long", "Stigmem-Session must have at most 128 characters");
        }
    }
}
