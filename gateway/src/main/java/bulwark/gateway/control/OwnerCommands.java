package bulwark.gateway.control;

import bulwark.gateway.control.identity.AdministratorRegister;
import bulwark.gateway.control.rest.ControlErrors;
import bulwark.gateway.control.schema.BodySchema;
import bulwark.gateway.control.snapshot.SnapshotSigner;
import bulwark.gateway.control.state.ControlActor;
import bulwark.gateway.control.state.ControlEvent;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ControlStore;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.gateway.control.state.ObjectRefused;
import bulwark.gateway.control.state.PlatformScope;
import bulwark.gateway.control.state.TenantChange;
import bulwark.gateway.control.state.TenantScope;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.web.LocalAdminClient.StoppedStore;
import bulwark.web.LocalSocket;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What the owner of the process asks over its local socket: who is an administrator, and to go on after a restore. The one way to the first administrator. Thread-safe. */
public final class OwnerCommands implements StoppedStore {
    static final AuditEventType ADVANCED = ControlEvent.of(
            "generation_advanced",
            "the owner went on after a restore: snapshots are numbered on from beyond what gateways carry");

    static final AuditEventType KEY_ANNOUNCED =
            AuditEventType.of("snapshot_key_announced", "the owner made the key that is to sign snapshots next", "key");
    static final AuditEventType KEY_PROMOTED =
            AuditEventType.of("snapshot_key_promoted", "snapshots are signed by the key that was announced", "key");

    private static final TenantScope PLATFORM = PlatformScope.ofProcess().ownObjects();
    private static final Pattern SUBJECT = Pattern.compile("[^\\p{Cntrl}\\s]{1,200}");
    private static final String MUST = "must be the subject of a token, without blanks";
    private static final BodySchema NAMED = BodySchema.of("Subject").requiredText("subject", 200, SUBJECT, MUST);
    private static final BodySchema BEYOND =
            BodySchema.of("Beyond").requiredNumber("generation", 1, Long.MAX_VALUE / 2);

    private final ControlStore store;
    private final AdministratorRegister administrators;
    private final SnapshotSigner signer;

    OwnerCommands(ControlStore store, AdministratorRegister administrators, SnapshotSigner signer) {
        this.store = store;
        this.administrators = administrators;
        this.signer = signer;
    }

    /** Over a store that no process has open. */
    static OwnerCommands ofStopped(ControlStore store, SnapshotSigner signer) {
        return new OwnerCommands(store, AdministratorRegister.open(store), signer);
    }

    List<Route> routes() {
        return List.of(
                Route.owner("POST", "/owner/administrators/add", this::add),
                Route.owner("POST", "/owner/administrators/remove", this::remove),
                Route.owner(
                        "POST",
                        "/owner/administrators/list",
                        request -> Response.json(200, Map.of("subjects", administrators.subjects()))),
                Route.owner("POST", "/owner/generation/advance", this::advance),
                Route.owner("POST", "/owner/snapshot-key/announce", request -> announce()),
                Route.owner("POST", "/owner/snapshot-key/promote", request -> promote()));
    }

    private Response add(Request request) {
        String subject = String.valueOf(NAMED.parse(request.body()).get("subject"));
        return Response.json(200, Map.of("changed", administrators.add(subject, LocalSocket.OWNER)));
    }

    private Response remove(Request request) {
        String subject = String.valueOf(NAMED.parse(request.body()).get("subject"));
        return Response.json(200, Map.of("changed", administrators.remove(subject, LocalSocket.OWNER)));
    }

    private Response advance(Request request) {
        long beyond = Long.parseLong(String.valueOf(BEYOND.parse(request.body()).get("generation")));
        long next = store.change(PLATFORM, ControlActor.ofProcess(LocalSocket.OWNER), ADVANCED, change -> {
            long now = change.find(ObjectKind.GENERATION, TenantChange.GENERATION_ID)
                    .map((ControlObject object) -> object.number(TenantChange.GENERATION_FIELD, 0))
                    .orElse(0L);
            if (beyond <= now) {
                throw ObjectRefused.conflict(
                        "not_beyond",
                        "generation must lie beyond " + now + ", the number of this control plane's newest snapshot.");
            }
            return change.generation(beyond);
        });
        return Response.json(200, Map.of("generation", next));
    }

    private Response announce() {
        String key = signer.announce();
        audit(KEY_ANNOUNCED, key);
        return Response.json(200, Map.of("key", key, "snapshot_keys", signer.publicKeys()));
    }

    private Response promote() {
        String key = signer.promote()
                .orElseThrow(() -> ObjectRefused.conflict(
                        "not_announced", "No key was announced; announce one, and name it at every gateway first."));
        audit(KEY_PROMOTED, key);
        return Response.json(200, Map.of("key", key, "snapshot_keys", signer.publicKeys()));
    }

    private void audit(AuditEventType type, String key) {
        var audit = store.audited().audit();
        store.audited()
                .store()
                .write(tx -> audit.append(
                        tx, type.event(LocalSocket.OWNER, PLATFORM.tenant(), null, null, Map.of("key", key))));
    }

    @Override
    public LocalSocket serveOwner(Path socket) {
        return LocalSocket.listen(socket, routes(), new ControlErrors());
    }

    @Override
    public void close() {
        store.close();
    }
}
