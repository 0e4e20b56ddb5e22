package bulwark.gateway.control.transfer;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectFilter;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.evidence.SafeCsv;
import bulwark.gateway.permission.Permission;
import bulwark.gateway.route.RouteGuard;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /v1/tenants/{tenant}/export} and {@code /import}. No credential and no subscription is in the file: whoever has it can call nothing. */
public final class TenantTransferResource {
    private static final AuditEventType IMPORTED =
            ControlEvent.of("tenant_imported", "objects of a tenant were made from a file", "imported");

    public static final List<AuditEventType> EVENTS = List.of(IMPORTED);

    private static final String FORMAT = "stoa-tenant/1";
    private static final int MAX_OBJECTS = 5_000;
    private static final BodySchema OBJECT = BodySchema.of("TransferredObject")
            .requiredChoice("kind", TransferredKind.WORDS.toArray(String[]::new))
            .requiredText("id", 64)
            .requiredText("name", 200)
            .text("status", 40)
            .anyObject("fields");
    private static final BodySchema FILE = BodySchema.of("TenantFile")
            .requiredChoice("format", FORMAT)
            .text("tenant_id", 64)
            .time("exported_at")
            .objects("objects", MAX_OBJECTS, OBJECT);
    private static final BodySchema RESULT = BodySchema.of("TenantImport").number("imported", 0, MAX_OBJECTS);

    private final ControlStore store;
    private final RouteGuard guard;

    public TenantTransferResource(ControlStore store, RouteGuard guard) {
        this.store = store;
        this.guard = guard;
    }

    public List<ControlOperation> operations() {
        return List.of(
                ControlOperation.permitted(
                                "GET",
                                "/v1/tenants/{tenant}/export",
                                Permission.USERS_MANAGE,
                                "Write a tenant's APIs, plans, consumers and policies as one file, without credentials.")
                        .answers(200, FILE)
                        .handledBy(this::export),
                ControlOperation.permitted(
                                "POST",
                                "/v1/tenants/{tenant}/import",
                                Permission.TENANTS_UPDATE,
                                "Make what such a file holds, all of it or nothing; APIs are drafts.")
                        .takes(FILE)
                        .conflicts()
                        .answers(200, RESULT)
                        .handledBy(this::read),
                ControlOperation.permitted(
                                "GET",
                                "/v1/consumers/{tenant}/export/csv",
                                Permission.USERS_MANAGE,
                                "Write the consumers of a tenant for spreadsheets.")
                        .answersText("text/csv")
                        .handledBy(this::csv));
    }

    private Response export(ControlCall call) {
        List<Map<String, Object>> objects = store.read(call.scope(), tx -> {
            List<Map<String, Object>> all = new ArrayList<>();
            for (TransferredKind kind : TransferredKind.values()) {
                for (ControlObject object : tx.all(kind.kind(), ObjectFilter.ALL)) {
                    all.add(kind.written(object));
                }
            }
            return all;
        });
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("format", FORMAT);
        file.put("tenant_id", call.scope().tenant());
        file.put("exported_at", store.clock().instant().toString());
        file.put("objects", objects);
        return Response.json(200, file)
                .with(
                        "Content-Disposition",
                        "attachment; filename=\"tenant_" + call.scope().tenant() + ".json\"");
    }

    @SuppressWarnings("unchecked")
    private Response read(ControlCall call) {
        List<Map<String, Object>> given =
                call.body().get("objects") instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
        List<String> faults = new ArrayList<>();
        List<TransferredObject> objects = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            try {
                objects.add(TransferredObject.read(call.scope().tenant(), given.get(i), guard));
            } catch (BodyRefused e) {
                String where = "objects[" + i + "].";
                e.sentences().forEach(sentence -> faults.add(where + sentence));
            }
        }
        if (!faults.isEmpty()) {
            throw new BodyRefused(faults);
        }
        if (objects.isEmpty()) {
            throw new BodyRefused(List.of("objects must hold at least one"));
        }
        store.change(call.scope(), call.actor(), IMPORTED, change -> {
            Map<String, String> ids = new HashMap<>();
            // What is referred to comes first.
            for (TransferredKind kind : TransferredKind.values()) {
                for (TransferredObject object : objects) {
                    if (object.kind() == kind) {
                        object.create(change, ids);
                    }
                }
            }
            change.note("imported", objects.size());
            return true;
        });
        return Response.json(200, Map.of("imported", objects.size()));
    }

    private Response csv(ControlCall call) {
        List<ControlObject> consumers = store.read(call.scope(), tx -> tx.all(ObjectKind.CONSUMER, ObjectFilter.ALL));
        StringBuilder text = new StringBuilder(
                SafeCsv.row(List.of("ID", "External ID", "Name", "Email", "Company", "Status", "Created")));
        for (ControlObject consumer : consumers) {
            text.append(SafeCsv.row(List.of(
                    consumer.id(),
                    consumer.name(),
                    consumer.text("name"),
                    consumer.text("email"),
                    consumer.text("company"),
                    consumer.state(),
                    consumer.created().toString())));
        }
        return Response.text(200, "text/csv; charset=utf-8", text.toString())
                .with(
                        "Content-Disposition",
                        "attachment; filename=\"consumers_" + call.scope().tenant() + ".csv\"");
    }
}
