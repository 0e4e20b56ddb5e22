package bulwark.kernel.access;

import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.PasswordHash;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * API keys at rest as Argon2id, found in O(1) by SHA-256, verified once and then remembered ({@link VerdictCache}). Unknown keys cost
 * one hash, never an Argon2 run. Raw keys are never kept. Thread-safe.
 */
public final class ApiKeys {
    /** What a store must have applied for its keys: the one list, for every part and every test. */
    public static final List<String> MIGRATIONS = List.of(
            "db/kernel/V002__api_keys.sql",
            "db/kernel/V020__api_key_scopes.sql",
            "db/kernel/V025__api_key_bindings.sql",
            "db/kernel/V026__api_key_expiry.sql");

    private static final int MAX_KEY = 512;

    private final Clock clock;
    private final KeyTable table;
    private final VerdictCache verdicts;
    /** Ids of the keys that this process revoked: requests that were verified before the revocation are told by them. */
    private final Set<String> revoked = ConcurrentHashMap.newKeySet();

    private volatile RowGuard guard = (tx, id) -> true;

    /** Judges a row of the table by something else than the table. */
    public interface RowGuard {
        /** @param id of the key's row, as this transaction sees it */
        boolean vouchesFor(ReadTx tx, String id) throws SQLException;
    }

    private ApiKeys(Store store, Clock clock, Duration maxAge) {
        this.clock = clock;
        this.table = new KeyTable(clock, maxAge);
        this.verdicts = new VerdictCache(lookup -> store.read(tx -> honoured(tx, lookup)), clock);
    }

    /** @param maxAge applied to every key from its creation; zero means none */
    public static ApiKeys open(Store store, Clock clock, Duration maxAge) {
        ApiKeys keys = new ApiKeys(store, clock, maxAge);
        store.onOthersCommit(keys.verdicts::forgetAll);
        return keys;
    }

    /** From now on a key works only while the guard vouches for its row. */
    public void honourOnly(RowGuard vouching) {
        guard = vouching;
    }

    /** Zero means none. */
    public Duration maxAge() {
        return table.maxAge();
    }

    /** Cached verdict only: never blocks, empty when the cache does not know. For the event loop. */
    public Optional<Verdict> cached(String rawKey) {
        return isPossible(rawKey)
                ? Optional.ofNullable(verdicts.known(lookup(rawKey)))
                : Optional.of(new Verdict.Unknown());
    }

    /** May read the store and run Argon2id; call on a virtual thread. */
    public Verdict authenticate(String rawKey) {
        return isPossible(rawKey) ? verdicts.of(lookup(rawKey), rawKey) : new Verdict.Unknown();
    }

    /**
     * A key is being made known, which takes a while: until that has ended, keys that are not in the cache wait for it instead
     * of being called unknown.
     */
    public void awaitRegistration(CompletableFuture<?> registration) {
        verdicts.awaitRegistration(registration);
    }

    /** Hashes outside the transaction (slow); the result goes to {@link #insert}. */
    public Prepared prepare(SecretBytes rawKey) {
        return new Prepared(lookup(rawKey), PasswordHash.argon2id(rawKey));
    }

    /** @throws DuplicateKey when the raw key is known */
    public KeyRecord insert(WriteTx tx, Prepared prepared, NewKey key) throws SQLException {
        if (table.byLookup(tx, prepared.lookup()).isPresent()) {
            throw new DuplicateKey();
        }
        KeyRecord record = table.insert(tx, prepared, key);
        tx.afterCommit(() -> verdicts.forget(prepared.lookup()));
        return record;
    }

    /** False when there is no such live key. Evicts the cache after the commit. */
    public boolean revoke(WriteTx tx, String id) throws SQLException {
        Optional<String> lookup = table.revoke(tx, id);
        lookup.ifPresent(l -> tx.afterCommit(() -> {
            revoked.add(id);
            verdicts.forget(l);
        }));
        return lookup.isPresent();
    }

    /** Live (not revoked) keys, newest first; entityUri null = all of the tenant. Expired ones only when asked. */
    public List<KeyRecord> list(ReadTx tx, String tenant, @Nullable String entityUri, boolean includeExpired)
            throws SQLException {
        Instant now = clock.instant();
        return table.live(tx, tenant, entityUri).stream()
                .filter(key -> includeExpired || !key.isExpired(now))
                .toList();
    }

    /** Live keys of the tenant that expire within the given time from now, soonest first. For warnings and gauges. */
    public List<KeyRecord> expiring(ReadTx tx, String tenant, Duration within) throws SQLException {
        Instant now = clock.instant();
        Instant horizon = now.plus(within);
        return list(tx, tenant, null, false).stream()
                .filter(key -> key.isExpired(horizon))
                .sorted(java.util.Comparator.comparing(key -> String.valueOf(key.expiresAt())))
                .toList();
    }

    /** The live key of the tenant that expires first. For gauges: it reads that one only. */
    public Optional<KeyRecord> firstToExpire(ReadTx tx, String tenant) throws SQLException {
        return table.firstToExpire(tx, tenant);
    }

    public Optional<KeyRecord> byId(ReadTx tx, String id) throws SQLException {
        return table.byId(tx, id);
    }

    /** Looks a raw key up whatever its state (revoked and expired rows too); for the admin key at start. */
    public Optional<KeyRecord> byRawKey(ReadTx tx, SecretBytes rawKey) throws SQLException {
        return table.byLookup(tx, lookup(rawKey)).map(KeyTable.Row::key);
    }

    public boolean isEmpty(ReadTx tx) throws SQLException {
        return table.isEmpty(tx);
    }

    /** Whether the key of this caller was revoked since it was verified. Never blocks; long work asks again where it commits. */
    public boolean isRevoked(Principal caller) {
        return caller.keyId() != null && revoked.contains(caller.keyId());
    }

    /** The row of a key while its guard vouches for it. */
    private Optional<KeyTable.Row> honoured(ReadTx tx, String lookup) throws SQLException {
        Optional<KeyTable.Row> found = table.byLookup(tx, lookup);
        boolean honoured =
                found.isPresent() && guard.vouchesFor(tx, found.get().key().id());
        return honoured ? found : Optional.empty();
    }

    private static boolean isPossible(String rawKey) {
        return !rawKey.isEmpty() && rawKey.length() <= MAX_KEY;
    }

    private static String lookup(String rawKey) {
        return Digests.sha256Hex(rawKey);
    }

    private static String lookup(SecretBytes rawKey) {
        return Digests.sha256Hex(rawKey.expose(SecretAccess.grant()));
    }

    public sealed interface Verdict {
        /** @param boundTo the certificate or URI SAN that must come with the key, or null for a key that anybody may bring */
        record Known(Principal principal, @Nullable String boundTo) implements Verdict {}

        /**
         * The wire does not tell why; evidence does.
         *
         * @param keyId of the key that was, or null when there is none
         */
        record Unknown(Reason reason, @Nullable String keyId) implements Verdict {
            public Unknown() {
                this(Reason.UNKNOWN, null);
            }
        }

        enum Reason {
            UNKNOWN,
            REVOKED,
            EXPIRED
        }
    }

    /** @param lookup SHA-256 of the raw key, hex */
    public record Prepared(String lookup, String argon2id) {}

    /**
     * @param expiresAt ISO-8601 with offset, or null for "the maximum age"; cut to the maximum age
     * @param boundTo fingerprint of a client certificate (SHA-256, hex) or its URI SAN: the key works together with it only; null for a bearer
     * @param scopes see {@link Principal#scopes}
     */
    public record NewKey(
            String entityUri,
            Set<String> permissions,
            @Nullable String description,
            String tenant,
            @Nullable String expiresAt,
            @Nullable String boundTo,
            Set<String> scopes) {
        /** Of a bearer, without a limit of scopes. */
        public NewKey(
                String entityUri,
                Set<String> permissions,
                @Nullable String description,
                String tenant,
                @Nullable String expiresAt) {
            this(entityUri, permissions, description, tenant, expiresAt, null, Set.of());
        }

        /** Without a limit of scopes. */
        public NewKey(
                String entityUri,
                Set<String> permissions,
                @Nullable String description,
                String tenant,
                @Nullable String expiresAt,
                @Nullable String boundTo) {
            this(entityUri, permissions, description, tenant, expiresAt, boundTo, Set.of());
        }
    }

    /** @param expiresAt when it stops working: the key's own end or the maximum age, whichever is sooner; null = never */
    public record KeyRecord(
            String id,
            String entityUri,
            Set<String> permissions,
            @Nullable String description,
            String tenant,
            String createdAt,
            @Nullable String expiresAt,
            @Nullable String revokedAt,
            @Nullable String boundTo,
            Set<String> scopes) {
        public boolean isExpired(Instant now) {
            return expiresAt != null && !now.isBefore(KeyTable.instant(expiresAt));
        }

        /** Empty for a key that never expires. */
        public Optional<Duration> timeLeft(Instant now) {
            return Optional.ofNullable(expiresAt).map(end -> Duration.between(now, KeyTable.instant(end)));
        }
    }

    public static final class DuplicateKey extends RuntimeException {
        public DuplicateKey() {
            super("raw_key already exists; generate a new key value", null, false, false);
        }
    }
}
