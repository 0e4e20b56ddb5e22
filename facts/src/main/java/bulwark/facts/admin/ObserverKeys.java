package bulwark.facts.admin;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.access.ApiKeys.Prepared;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.outbox.LogSubmitter;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import bulwark.web.LocalSocket;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Keys that look and change nothing, for who watches the node: the owner gives them over the local socket without an admin key. Thread-safe. */
public final class ObserverKeys {
    private static final Set<String> LOOKING = Set.of("read", "audit.read");
    private static final String TENANT = "default";

    private final Store store;
    private final ApiKeys keys;
    private final KeyIssuer issue;

    public ObserverKeys(Store store, ApiKeys keys, AuditLog audit, Signing signing, LogSubmitter log, Clock clock) {
        this.store = store;
        this.keys = keys;
        this.issue = new KeyIssuer(keys, audit, signing, log, clock);
    }

    /** For the owner of the process, over the local socket. */
    public List<Route> routes() {
        return List.of(Route.owner("POST", "/local/auth/observer-key", this::make));
    }

    /** {@code {entity_uri, permissions}}: one key; earlier keys of the entity stop working in the same transaction. */
    private Response make(Request request) {
        RequestBody body = RequestBody.parse(request.body());
        String entity = body.name("entity_uri", 1, 1024, false);
        Set<String> permissions = Permissions.checked(body.texts("permissions", List.of()));
        body.check();
        Set<String> more = new TreeSet<>(permissions);
        more.removeAll(LOOKING);
        if (!more.isEmpty() || entity.equals(AdminKeys.ENTITY)) {
            throw new ApiRefusal(
                    MALFORMED,
                    "not_an_observer",
                    "permissions of an observer are read and audit.read, and its entity is none that has other keys");
        }
        SecretBytes raw = issue.fresh();
        Prepared prepared = keys.prepare(raw);
        NewKey key = new NewKey(entity, permissions, "observer", TENANT, null);
        KeyRecord made = store.write(tx -> {
            for (KeyRecord old : keys.list(tx, TENANT, entity, true)) {
                if (!LOOKING.containsAll(old.permissions())) {
                    throw new ApiRefusal(
                            MALFORMED,
                            "not_an_observer",
                            "the entity has a key that may do more than look: name another entity_uri");
                }
                issue.revoke(tx, old, LocalSocket.OWNER);
            }
            return issue.register(tx, prepared, key, LocalSocket.OWNER);
        });
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", made.id());
        answer.put("key", raw.exposeText(SecretAccess.grant()));
        answer.put("entity_uri", made.entityUri());
        answer.put("permissions", List.copyOf(made.permissions()));
        return Response.json(201, answer).with("Cache-Control", "no-store");
    }
}
