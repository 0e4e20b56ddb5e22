package bulwark.seats.evidence;

import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Bundles for administrators: the list, one of them, and whether the chain is whole. Thread-safe. */
public final class EvidenceRoutes {
    private static final int MAX_PAGE = 500;

    private final SeatStore store;
    private final EvidenceVerifier verifier;

    public EvidenceRoutes(SeatStore store, Path folder) {
        this.store = store;
        LogKeys keys = store.audited().heads().keys();
        this.verifier = new EvidenceVerifier(folder, store.audited().heads().storeId(), keys);
    }

    public List<SeatRoute> routes() {
        return List.of(
                SeatRoute.reads(
                        "/v1/evidence",
                        "Bundles of evidence, newest first",
                        Roles.ADMIN,
                        RequestRules.query(
                                FieldRule.number("limit", 1, MAX_PAGE), FieldRule.number("offset", 0, 100_000_000)),
                        this::list),
                SeatRoute.reads(
                        "/v1/evidence/{id}", "One bundle by its hash", Roles.ADMIN, RequestRules.NOTHING, this::read),
                new SeatRoute(
                        "POST",
                        "/v1/evidence/verify",
                        "Compare every bundle of this process with its row and the audit log",
                        SeatRoute.Callers.ADMINISTRATION,
                        Roles.ADMIN,
                        null,
                        false,
                        RequestRules.NOTHING,
                        200,
                        (SeatRoute.Work.Answer) this::verify));
    }

    /** The same for the owner of the machine, over the socket or on a stopped service. */
    public List<Route> ownerRoutes() {
        return List.of(
                Route.owner("POST", "/owner/evidence/verify", request -> verified()),
                Route.owner("POST", "/owner/evidence/show", this::show));
    }

    private Response show(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        String hash = body.text("hash", 64, 64);
        body.only(Set.of("hash"));
        body.check();
        return bundle(hash);
    }

    private Response list(Call call) {
        List<EvidenceRows.Row> rows =
                store.read(tx -> EvidenceRows.page(tx, call.number("limit", 100), call.number("offset", 0)));
        return Response.json(
                200, Map.of("items", rows.stream().map(EvidenceRoutes::json).toList()));
    }

    private Response read(Call call) {
        return bundle(call.request().pathParameter("id"));
    }

    private Response bundle(String id) {
        EvidenceRows.Row row = store.read(tx -> EvidenceRows.byHash(tx, id))
                .orElseThrow(() -> new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no bundle with this hash."));
        JsonNode content = verifier.show(row.number())
                .filter(bundle -> bundle.path("chain").asString("").equals(row.chain()))
                .orElseThrow(() -> new ApiRefusal(
                        Kind.NOT_FOUND,
                        "not_found",
                        "The file of this bundle is not in the folder of this process: look where its writer runs."));
        Map<String, Object> json = json(row);
        json.put("bundle", content);
        return Response.json(200, json);
    }

    private Response verify(Call call) {
        return verified();
    }

    private Response verified() {
        List<String> problems = verifier.problems(store.audited().store(), SeatStore.AUDIT_TABLE);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("whole", problems.isEmpty());
        json.put("problems", problems);
        return Response.json(200, json);
    }

    private static Map<String, Object> json(EvidenceRows.Row row) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("hash", row.hash());
        json.put("chain", row.chain());
        json.put("number", Long.toString(row.number()));
        json.put("subject", row.subject());
        json.put("action", row.action());
        json.put("prevHash", row.prevHash());
        json.put("keyId", row.signature().keyId());
        json.put("signature", row.signature().value());
        json.put("createdAt", row.createdAt());
        return json;
    }
}
