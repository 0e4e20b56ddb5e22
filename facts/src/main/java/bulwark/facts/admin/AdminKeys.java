package bulwark.facts.admin;

import static bulwark.web.ApiRefusal.Kind.CONFLICT;
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
import bulwark.web.Request;
import bulwark.web.RequestBody;
import bulwark.web.Response;
import bulwark.web.Route;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** How the first key and the operator's own key come to be, and how a lost one is replaced. Thread-safe. */
public final class AdminKeys {
    /** The entity of the operator's key. */
    public static final String ENTITY = "agent:admin";

    private static final String TENANT = "default";
    private static final String OWNER = "local:owner";
    private static final int MIN_KEY_LENGTH = 16;

    private final Store store;
    private final ApiKeys keys;
    private final Clock clock;
    private final KeyIssuer issue;
    private volatile CompletableFuture<Void> registration = CompletableFuture.completedFuture(null);

    public AdminKeys(Store store, ApiKeys keys, AuditLog audit, Signing signing, LogSubmitter log, Clock clock) {
        this.store = store;
        this.keys = keys;
        this.clock = clock;
        this.issue = new KeyIssuer(keys, audit, signing, log, clock);
    }

    /** For the owner of the process, over the local socket. */
    public List<Route> routes() {
        return List.of(
                Route.owner("POST", "/local/auth/reissue-admin", request -> answer(reissue())),
                Route.owner("POST", "/local/auth/bootstrap-key", this::bootstrap));
    }

    /**
     * Makes the configured admin key known. Idempotent. A revoked or expired one stays shut out: only an explicit reissue
     * brings an admin back. Hashing a new key is slow on a young process: it is left for later, and whoever comes with an
     * unknown key meanwhile waits for it.
     *
     * @param later begins the hashing
     */
    public Registration register(Optional<SecretBytes> adminKey, CompletableFuture<?> later) {
        if (adminKey.isEmpty()) {
            return done(List.of());
        }
        SecretBytes raw = adminKey.get();
        if (raw.length() < MIN_KEY_LENGTH) {
            return done(List.of(
                    "STIGMEM_ADMIN_KEY is shorter than " + MIN_KEY_LENGTH + " characters and was not registered"));
        }
        Optional<KeyRecord> known = store.read(tx -> keys.byRawKey(tx, raw));
        if (known.isPresent()) {
            return done(refusedKeyWarning(known.get()));
        }
        CompletableFuture<Void> registered = later.thenRunAsync(
                () -> insert(raw),
                task -> Thread.ofPlatform().daemon().name("admin-key").start(task));
        keys.awaitRegistration(registered);
        registration = registered;
        return new Registration(List.of(), registered);
    }

    /**
     * @param warnings for the log
     * @param registered ends when the key is durable and works, or with what prevented that
     */
    public record Registration(List<String> warnings, CompletableFuture<Void> registered) {}

    private void insert(SecretBytes raw) {
        Prepared prepared = keys.prepare(raw);
        try {
            store.write(tx -> issue.register(tx, prepared, admin(), ENTITY));
        } catch (ApiKeys.DuplicateKey e) {
            // Another administrator issued it meanwhile, which is their right.
            return;
        }
    }

    private static Registration done(List<String> warnings) {
        return new Registration(warnings, CompletableFuture.completedFuture(null));
    }

    /** The owner's changes come after a registration that is under way, never between its parts. */
    private void awaitRegistration() {
        Object ignored = registration.exceptionally(failure -> null).join();
    }

    /**
     * The first key of an empty store.
     *
     * @throws ApiRefusal when any key exists, even a revoked one, and for a short key or unknown permissions
     */
    public KeyRecord bootstrap(SecretBytes raw, String entityUri, List<String> permissions) {
        if (raw.length() < MIN_KEY_LENGTH) {
            throw new ApiRefusal(
                    MALFORMED,
                    "key_too_short",
                    "the bootstrap key must have at least " + MIN_KEY_LENGTH + " characters");
        }
        awaitRegistration();
        NewKey key = new NewKey(entityUri, Permissions.checked(permissions), "bootstrap", TENANT, null);
        Prepared prepared = keys.prepare(raw);
        return store.write(tx -> {
            if (!keys.isEmpty(tx)) {
                throw new ApiRefusal(
                        CONFLICT,
                        "bootstrapped_already",
                        "an API key exists already: bootstrap works once, on an empty store");
            }
            return issue.register(tx, prepared, key, OWNER);
        });
    }

    /** A fresh admin key; every earlier key of the admin entity is revoked in the same transaction. */
    public Reissued reissue() {
        awaitRegistration();
        SecretBytes raw = issue.fresh();
        Prepared prepared = keys.prepare(raw);
        return store.write(tx -> {
            List<String> revoked = new ArrayList<>();
            for (KeyRecord old : keys.list(tx, TENANT, ENTITY, true)) {
                if (issue.revoke(tx, old, OWNER)) {
                    revoked.add(old.id());
                }
            }
            return new Reissued(issue.register(tx, prepared, admin(), OWNER), raw, List.copyOf(revoked));
        });
    }

    /** What the operator's own key may do, sorted. */
    public static List<String> permissions() {
        return Permissions.OF_ADMIN.stream().sorted().toList();
    }

    /** @param revoked ids of the keys that stopped working */
    public record Reissued(KeyRecord key, SecretBytes raw, List<String> revoked) {}

    private static NewKey admin() {
        return new NewKey(ENTITY, Set.copyOf(Permissions.OF_ADMIN), "admin key", TENANT, null);
    }

    private List<String> refusedKeyWarning(KeyRecord known) {
        String state = known.revokedAt() != null ? "revoked" : known.isExpired(clock.instant()) ? "expired" : "";
        return state.isEmpty()
                ? List.of()
                : List.of("STIGMEM_ADMIN_KEY names a key that is " + state
                        + " and is not accepted: run `stigmem auth reissue-admin` and set the key that it prints");
    }

    private static Response answer(Reissued reissued) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", reissued.key().id());
        answer.put("key", reissued.raw().exposeText(SecretAccess.grant()));
        answer.put("entity_uri", reissued.key().entityUri());
        answer.put("permissions", List.copyOf(reissued.key().permissions()));
        answer.put("revoked", reissued.revoked());
        return Response.json(201, answer).with("Cache-Control", "no-store");
    }

    private Response bootstrap(Request request) {
        RequestBody body = RequestBody.parse(request.body(), "raw_key");
        SecretBytes raw = KeyRequest.rawKey(body, MIN_KEY_LENGTH);
        String entity = body.optionalText("entity_uri", 1, 1024).orElse(ENTITY);
        List<String> permissions = body.texts("permissions", List.of("admin", "write", "read"));
        body.check();
        KeyRecord key = bootstrap(raw, entity, permissions);
        return Response.json(
                201,
                Map.of("id", key.id(), "entity_uri", key.entityUri(), "permissions", List.copyOf(key.permissions())));
    }
}
