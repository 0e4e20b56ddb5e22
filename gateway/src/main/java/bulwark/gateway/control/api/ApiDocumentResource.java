package bulwark.gateway.control.api;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.json.StrictJson;
import bulwark.web.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** {@code /v1/tenants/{tenant}/apis/{id}/openapi}: what an API says of itself, as its maker wrote it. Nothing that it refers to is ever fetched. */
public final class ApiDocumentResource {
    private static final AuditEventType STORED =
            ControlEvent.of("api_document_stored", "the OpenAPI document of an API was stored");
    private static final AuditEventType DELETED =
            ControlEvent.of("api_document_deleted", "the OpenAPI document of an API was deleted");

    public static final List<AuditEventType> EVENTS = List.of(STORED, DELETED);

    /** Field of the object that holds the document. */
    public static final String DOCUMENT = "document";

    private static final int MAX_BYTES = 512 << 10;
    private static final int MAX_PATHS = 2_000;
    private static final BodySchema DRAFT = BodySchema.of("ApiDocumentDraft").anyObject(DOCUMENT);
    private static final BodySchema VIEW =
            BodySchema.of("ApiDocument").text("api_id", 64).time("updated_at").anyObject(DOCUMENT);

    private final ControlStore store;

    public ApiDocumentResource(ControlStore store) {
        this.store = store;
    }

    public List<ControlOperation> operations() {
        String path = "/v1/tenants/{tenant}/apis/{id}/openapi";
        return List.of(
                ControlOperation.permitted("GET", path, Permission.APIS_READ, "Show the OpenAPI document of an API.")
                        .answers(200, VIEW)
                        .handledBy(this::show),
                ControlOperation.permitted("PUT", path, Permission.APIS_UPDATE, "Store the OpenAPI document of an API.")
                        .takes(DRAFT)
                        .conflicts()
                        .answers(200, VIEW)
                        .handledBy(this::store),
                ControlOperation.permitted(
                                "DELETE", path, Permission.APIS_UPDATE, "Delete the OpenAPI document of an API.")
                        .answersNothing()
                        .handledBy(this::delete));
    }

    private static Map<String, Object> view(ControlObject stored) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("api_id", stored.id());
        members.put("updated_at", stored.updated().toString());
        members.put(DOCUMENT, stored.fields().getOrDefault(DOCUMENT, Map.of()));
        return members;
    }

    private Response show(ControlCall call) {
        ControlObject stored = store.read(call.scope(), tx -> tx.require(ObjectKind.API_DOCUMENT, call.path("id")));
        return Response.json(200, view(stored));
    }

    private Response store(ControlCall call) {
        check(call.body().get(DOCUMENT));
        ControlObject stored = store.change(call.scope(), call.actor(), STORED, change -> {
            ControlObject api = change.require(ObjectKind.API, call.path("id"));
            Optional<ControlObject> before = change.find(ObjectKind.API_DOCUMENT, api.id());
            return before.isPresent()
                    ? change.update(before.get().withFields(call.body()))
                    : change.create(
                            ObjectKind.API_DOCUMENT,
                            api.id(),
                            api.name(),
                            "stored",
                            call.body(),
                            List.of(new Reference(ObjectKind.API, api.id())),
                            ObjectKind.API_DOCUMENT.maxPerTenant());
        });
        return Response.json(200, view(stored));
    }

    /** @throws BodyRefused with every fault by its place */
    public static void check(@Nullable Object given) {
        if (!(given instanceof JsonNode document)) {
            throw new BodyRefused(List.of(DOCUMENT + " is required"));
        }
        if (StrictJson.write(document).length > MAX_BYTES) {
            throw new BodyRefused(List.of(DOCUMENT + " must have at most " + MAX_BYTES + " bytes"));
        }
        List<String> faults = new ArrayList<>();
        if (!document.path("openapi").asString("").matches("3\\.[01]\\.[0-9]{1,3}")) {
            faults.add(DOCUMENT + ".openapi must be a version such as 3.1.0");
        }
        for (String member : List.of("title", "version")) {
            if (document.path("info").path(member).asString("").isBlank()) {
                faults.add(DOCUMENT + ".info." + member + " is required");
            }
        }
        JsonNode paths = document.path("paths");
        if (!paths.isObject() || paths.size() > MAX_PATHS) {
            faults.add(DOCUMENT + ".paths must be an object of at most " + MAX_PATHS + " paths");
        } else if (paths.properties().stream().anyMatch(path -> !path.getKey().startsWith("/"))) {
            faults.add(DOCUMENT + ".paths must hold nothing but paths that begin with '/'");
        }
        if (!faults.isEmpty()) {
            throw new BodyRefused(faults);
        }
    }

    private Response delete(ControlCall call) {
        store.change(call.scope(), call.actor(), DELETED, change -> {
            change.delete(change.require(ObjectKind.API_DOCUMENT, call.path("id")));
            return true;
        });
        return Response.noContent();
    }
}
