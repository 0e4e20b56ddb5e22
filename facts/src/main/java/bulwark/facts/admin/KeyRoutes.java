package bulwark.facts.admin;

import static bulwark.facts.QuotaDimensions.ADMIN_ACTION;
import static bulwark.facts.QuotaDimensions.FACT_READ;
import static bulwark.facts.QuotaDimensions.FACT_WRITE;
import static bulwark.web.ApiRefusal.Kind.CONFLICT;
import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.facts.CallerKeyCheck;
import bulwark.kernel.access.ApiKeys;
import bulwark.kernel.access.ApiKeys.DuplicateKey;
import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.access.ApiKeys.Prepared;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.outbox.LogSubmitter;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import bulwark.web.QueryParameters;
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** API keys over the wire: minted by the node or brought by the caller, listed, revoked. Thread-safe. */
public final class KeyRoutes {
    private final Store store;
    private final ApiKeys keys;
    private final Clock clock;
    private final KeyIssuer issue;

    public KeyRoutes(Store store, ApiKeys keys, AuditLog audit, Signing signing, LogSubmitter log, Clock clock) {
        this.store = store;
        this.keys = keys;
        this.clock = clock;
        this.issue = new KeyIssuer(keys, audit, signing, log, clock);
    }

    public List<Route> routes() {
        return List.of(
                Route.permitted("POST", "/v1/admin/api-keys", "admin", ADMIN_ACTION, this::mint),
                Route.permitted("POST", "/v1/admin/keys", "admin", ADMIN_ACTION, this::mintLabelled),
                Route.permitted("GET", "/v1/admin/api-keys", "admin", ADMIN_ACTION, this::listAll),
                Route.permitted("DELETE", "/v1/admin/api-keys/{id}", "admin", ADMIN_ACTION, this::revoke),
                Route.permitted("POST", "/v1/auth/keys", "admin", ADMIN_ACTION, this::register),
                Route.authenticated("GET", "/v1/auth/keys", FACT_READ, this::listOwn),
                Route.permitted("GET", "/v1/auth/keys/expiring-soon", "admin", ADMIN_ACTION, this::expiringSoon),
                Route.authenticated("DELETE", "/v1/auth/keys/{id}", FACT_WRITE, this::revoke),
                Route.authenticated("GET", "/v1/me", FACT_READ, KeyRoutes::me));
    }

    private Response mint(Request request) {
        return mint(request, KeyRequest.full(RequestBody.parse(request.body()), false, clock.instant(), keys.maxAge()));
    }

    private Response mintLabelled(Request request) {
        return mint(request, KeyRequest.labelled(RequestBody.parse(request.body())));
    }

    private Response mint(Request request, KeyRequest form) {
        SecretBytes raw = issue.fresh();
        KeyRecord record = add(request.principal(), raw, form.key());
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("id", record.id());
        answer.put("key", raw.exposeText(SecretAccess.grant()));
        describe(answer, record);
        answer.put("tenant_id", record.tenant());
        return Response.json(201, answer).with("Cache-Control", "no-store");
    }

    private Response register(Request request) {
        KeyRequest form =
                KeyRequest.full(RequestBody.parse(request.body(), "raw_key"), true, clock.instant(), keys.maxAge());
        KeyRecord record = add(request.principal(), form.rawKey().orElseThrow(), form.key());
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("id", record.id());
        describe(answer, record);
        answer.put("tenant_id", record.tenant());
        return Response.json(201, answer);
    }

    private KeyRecord add(Principal actor, SecretBytes raw, NewKey key) {
        KeyScopes.requireWithin(actor, key.scopes());
        Prepared prepared = keys.prepare(raw);
        try {
            return store.write(tx -> {
                CallerKeyCheck.require(keys, actor); // hashing took a while
                return issue.register(tx, prepared, key, actor.entityUri());
            });
        } catch (DuplicateKey e) {
            throw new ApiRefusal(CONFLICT, "raw_key_exists", String.valueOf(e.getMessage()));
        }
    }

    private Response listAll(Request request) {
        QueryParameters query = QueryParameters.of(request);
        boolean expired = query.flag("include_expired", false);
        String entity = query.optionalText("entity_uri").orElse(null);
        query.check();
        List<KeyRecord> found =
                store.read(tx -> keys.list(tx, request.principal().tenant(), entity, expired));
        return Response.json(200, found.stream().map(KeyRoutes::withTenant).toList());
    }

    private Response listOwn(Request request) {
        Principal caller = request.principal();
        List<KeyRecord> found = store.read(tx -> keys.list(tx, caller.tenant(), caller.entityUri(), false));
        return Response.json(200, found.stream().map(KeyRoutes::listed).toList());
    }

    private Response expiringSoon(Request request) {
        QueryParameters query = QueryParameters.of(request);
        long days = query.wholeNumber("within_days", 30, 1, 365);
        query.check();
        Instant now = clock.instant();
        List<KeyRecord> found =
                store.read(tx -> keys.expiring(tx, request.principal().tenant(), Duration.ofDays(days)));
        return Response.json(
                200,
                found.stream()
                        .map(key -> {
                            Map<String, @Nullable Object> entry = withTenant(key);
                            entry.put(
                                    "days_remaining",
                                    key.timeLeft(now).map(Duration::toDays).orElse(null));
                            return entry;
                        })
                        .toList());
    }

    private Response revoke(Request request) {
        Principal caller = request.principal();
        boolean revoked = store.write(tx -> {
            Optional<KeyRecord> key = keys.byId(tx, request.pathParameter("id"))
                    .filter(k -> k.tenant().equals(caller.tenant()));
            if (key.isEmpty()) {
                return false;
            }
            CallerKeyCheck.require(keys, caller);
            RevocationRank.require(caller, key.get());
            return issue.revoke(tx, key.get(), caller.entityUri());
        });
        if (!revoked) {
            throw new ApiRefusal(NOT_FOUND, "key_not_found", "Key not found");
        }
        return Response.noContent();
    }

    private static Response me(Request request) {
        Principal caller = request.principal();
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("entity_uri", caller.entityUri());
        answer.put("permissions", List.copyOf(new TreeSet<>(caller.permissions())));
        answer.put("oidc_sub", null);
        answer.put("tenant_id", caller.tenant());
        if (caller.isLimited()) {
            answer.put("scopes", List.copyOf(new TreeSet<>(caller.scopes())));
        }
        return Response.json(200, answer);
    }

    private static Map<String, @Nullable Object> withTenant(KeyRecord key) {
        Map<String, @Nullable Object> entry = listed(key);
        entry.put("tenant_id", key.tenant());
        return entry;
    }

    private static Map<String, @Nullable Object> listed(KeyRecord key) {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("id", key.id());
        describe(entry, key);
        entry.put("oidc_sub", null);
        return entry;
    }

    private static void describe(Map<String, @Nullable Object> answer, KeyRecord key) {
        answer.put("entity_uri", key.entityUri());
        answer.put("permissions", List.copyOf(key.permissions()));
        answer.put("description", key.description());
        answer.put("created_at", key.createdAt());
        answer.put("expires_at", key.expiresAt());
        if (key.boundTo() != null) {
            answer.put("bound_to", key.boundTo());
        }
        if (!key.scopes().isEmpty()) {
            answer.put("scopes", List.copyOf(key.scopes()));
        }
    }
}
