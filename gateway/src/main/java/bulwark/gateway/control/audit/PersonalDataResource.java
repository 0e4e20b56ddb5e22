package bulwark.gateway.control.audit;

import bulwark.gateway.control.rest.ControlCall;
import bulwark.gateway.control.rest.ControlOperation;
import bulwark.gateway.control.schema.BodyRefused;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.state.ControlActor;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.TenantScope;
import bulwark.gateway.permission.Permission;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import bulwark.web.Response;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code DELETE /v1/audit/users/{id}/pii}: from then on no answer and no export names the person. See docs/decisions/038-erasure.md. */
public final class PersonalDataResource {
    private static final AuditEventType ERASED = ControlEvent.of(
            "personal_data_erased", "the audit log shows a pseudonym in place of a person from then on", "pseudonym");

    public static final List<AuditEventType> EVENTS = List.of(ERASED);

    private static final String PATH = "/v1/audit/users/{id}/pii";
    private static final int MAX_EVENTS = 10_000;
    private static final int MAX_USER = 300;
    private static final BodySchema VIEW = BodySchema.of("PersonalDataErasure")
            .text(Redaction.USER, MAX_USER)
            .text("erasure_id", 64)
            .text(Redaction.PSEUDONYM, 100)
            .number("os_records_deleted", 0, Long.MAX_VALUE)
            .texts("scope_actor_ids", 1)
            .texts("scope_event_ids", MAX_EVENTS);

    private final ControlStore store;
    private final Signing signing;

    public PersonalDataResource(ControlStore store, Signing signing) {
        this.store = store;
        this.signing = signing;
    }

    public List<ControlOperation> operations() {
        return List.of(ControlOperation.permitted(
                        "DELETE",
                        PATH,
                        Permission.TENANTS_DELETE,
                        "Erase a person from what the audit log shows; the chain stays whole.")
                .ofPlatform()
                .answers(200, VIEW)
                .handledBy(this::erase));
    }

    private Response erase(ControlCall call) {
        String user = call.path("id");
        if (user.length() > MAX_USER || user.isBlank()) {
            throw new BodyRefused(List.of("id must have 1 to " + MAX_USER + " characters"));
        }
        TenantScope platform = call.platform().ownObjects();
        String pseudonym = pseudonym();
        ControlObject erasure = store.change(platform, actor(call), ERASED, change -> {
            String name = Digests.sha256Hex(user);
            Optional<ControlObject> before = change.findNamed(ObjectKind.ERASURE, name);
            if (before.isPresent()) {
                return before.get();
            }
            change.note(Redaction.PSEUDONYM, pseudonym);
            Map<String, Object> fields = Map.of(Redaction.USER, user, Redaction.PSEUDONYM, pseudonym);
            return change.create(ObjectKind.ERASURE, name, "erased", fields);
        });
        List<String> events = store.audited().store().read(tx -> events(tx, user));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(Redaction.USER, user);
        answer.put("erasure_id", erasure.id());
        answer.put(Redaction.PSEUDONYM, erasure.text(Redaction.PSEUDONYM));
        // This log is sent to no OpenSearch.
        answer.put("os_records_deleted", 0);
        answer.put("scope_actor_ids", List.of(user));
        answer.put("scope_event_ids", events);
        return Response.json(200, VIEW.view(answer));
    }

    /** Follows from nothing but chance, so that nobody finds the name by trying names. */
    private String pseudonym() {
        byte[] random = signing.random32().expose(SecretAccess.grant());
        return "pseudo:" + HexFormat.of().formatHex(random);
    }

    /** The row of the erasure must not name the person again. */
    private static ControlActor actor(ControlCall call) {
        Map<String, Object> request = new LinkedHashMap<>(call.actor().request());
        request.put("path", PATH);
        return new ControlActor(call.actor().entity(), request);
    }

    private static List<String> events(ReadTx tx, String user) throws SQLException {
        PreparedStatement select = tx.statement(
                "SELECT id FROM " + ControlStore.AUDIT_TABLE + " WHERE actor = ? ORDER BY seq DESC LIMIT ?");
        select.setString(1, user);
        select.setInt(2, MAX_EVENTS);
        List<String> ids = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                ids.add(row.getString(1));
            }
        }
        return ids;
    }
}
