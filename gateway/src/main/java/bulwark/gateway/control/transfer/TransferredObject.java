package bulwark.gateway.control.transfer;

import bulwark.gateway.control.api.ApiDocumentResource;
import bulwark.gateway.control.api.ApiResource;
import bulwark.gateway.control.api.ApiRouteForm;
import bulwark.gateway.control.policy.PolicyForm;
import bulwark.gateway.control.policy.PolicyResource;
import bulwark.gateway.control.rest.ObjectSchema;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.state.ObjectFilter.Reference;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.control.tool.ToolPermissionResource;
import bulwark.gateway.route.RouteGuard;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.UuidV7;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One object of a file, with everything checked that can be without the store. Immutable. */
record TransferredObject(TransferredKind kind, String id, String name, String state, Map<String, Object> fields) {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    /** @throws BodyRefused with every fault, by its field */
    static TransferredObject read(String tenant, Map<String, Object> given, RouteGuard guard) {
        TransferredKind kind = TransferredKind.of(String.valueOf(given.get("kind")));
        String id = String.valueOf(given.get("id"));
        String name = String.valueOf(given.get("name"));
        List<String> faults = new ArrayList<>();
        if (!ID.matcher(id).matches()) {
            faults.add("id must be one that an export wrote");
        }
        boolean isSlug = kind != TransferredKind.POLICY_BINDING && kind != TransferredKind.TOOL_PERMISSION;
        if (isSlug && !ObjectSchema.SLUG.matcher(name).matches()) {
            faults.add("name " + ObjectSchema.SLUG_MUST);
        }
        if (!faults.isEmpty()) {
            throw new BodyRefused(faults);
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        try {
            Object raw = given.getOrDefault("fields", Map.of());
            fields.putAll(kind.fields().parse(StrictJson.write(raw)));
            check(kind, tenant, name, fields, guard);
        } catch (BodyRefused e) {
            throw new BodyRefused(
                    e.sentences().stream().map(sentence -> "fields." + sentence).toList());
        }
        return new TransferredObject(kind, id, name, kind.state(String.valueOf(given.get("status"))), fields);
    }

    private static void check(
            TransferredKind kind, String tenant, String name, Map<String, Object> fields, RouteGuard guard) {
        switch (kind) {
            case API -> {
                fields.put("path_prefix", ApiRouteForm.defaultPrefix(tenant, name));
                var blocked = guard.blocked(ApiRouteForm.checked(tenant, name, fields));
                if (!blocked.isEmpty()) {
                    throw new BodyRefused(List.of("backend_url targets a private/internal IP range: "
                            + blocked.getFirst().sentence()));
                }
            }
            case API_DOCUMENT -> ApiDocumentResource.check(fields.get(ApiDocumentResource.DOCUMENT));
            case POLICY -> PolicyForm.check(tenant, name, fields);
            default -> {
                // Its schema says all.
            }
        }
    }

    /**
     * Under an id of its own: what was written in one tenant and is read in another must not be one object.
     *
     * @param ids new ids by those of the file, of what was made before; is added to
     * @throws BodyRefused when it names what is not there
     */
    void create(TenantChange change, Map<String, String> ids) throws SQLException {
        Map<String, Object> own = new LinkedHashMap<>(fields);
        List<Reference> references = new ArrayList<>();
        String newId = UuidV7.next(change.now());
        String newName = name;
        switch (kind) {
            case API -> ApiResource.checkPrefix(change, newId, own);
            case API_DOCUMENT -> {
                newId = ids.getOrDefault(id, id);
                own.put("id", newId);
                references.add(reference(change, ObjectKind.API, own, "id"));
                own.remove("id");
            }
            case POLICY_BINDING -> {
                renamed(own, PolicyResource.POLICY, ids);
                renamed(own, PolicyResource.API, ids);
                references.add(reference(change, ObjectKind.POLICY, own, PolicyResource.POLICY));
                if ("api".equals(own.get("scope"))) {
                    references.add(reference(change, ObjectKind.API, own, PolicyResource.API));
                }
                newName = PolicyResource.bindingName(own);
            }
            case TOOL_PERMISSION -> {
                renamed(own, ToolPermissionResource.CONSUMER, ids);
                if (own.containsKey(ToolPermissionResource.CONSUMER)) {
                    references.add(reference(change, ObjectKind.CONSUMER, own, ToolPermissionResource.CONSUMER));
                }
                newName = ToolPermissionResource.name(own);
            }
            default -> {
                // It refers to nothing.
            }
        }
        change.create(
                kind.kind(), newId, newName, state, own, references, kind.kind().maxPerTenant());
        ids.put(id, newId);
    }

    private static void renamed(Map<String, Object> fields, String field, Map<String, String> ids) {
        fields.computeIfPresent(field, (name, value) -> ids.getOrDefault(String.valueOf(value), String.valueOf(value)));
    }

    private Reference reference(TenantChange change, ObjectKind to, Map<String, Object> own, String field)
            throws SQLException {
        String target = String.valueOf(own.get(field));
        if (change.find(to, target).isEmpty()) {
            throw new BodyRefused(List.of("the " + kind.kind().noun() + " " + name + ": " + field + " names no "
                    + to.noun() + " of the file or of the tenant"));
        }
        return new Reference(to, target);
    }
}
