package bulwark.kernel.access;

import bulwark.kernel.keys.SecretBytes;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * API keys at rest as Argon2id, found in O(1) by SHA-256, verified once and then cached (bounded; dropped on revoke; expiry
 * checked at each use). Unknown keys cost one hash and a bounded negative cache, never an Argon2 run. Thread-safe.
 */
public final class ApiKeys {
    private ApiKeys() {}

    /** @param maxAge applied to every key from its creation; zero means none */
    public static ApiKeys open(Store store, Clock clock, Duration maxAge) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Cached verdict only: never blocks, empty when the cache does not know. For the event loop. */
    public Optional<Verdict> cached(String rawKey) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** May read the store and run Argon2id; call on a virtual thread. */
    public Verdict authenticate(String rawKey) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Hashes outside the transaction (slow); the result goes to {@link #insert}. */
    public Prepared prepare(SecretBytes rawKey) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** @throws DuplicateKey when the raw key is known */
    public KeyRecord insert(WriteTx tx, Prepared prepared, NewKey key) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** False when there is no such live key. Evicts the cache after the commit. */
    public boolean revoke(WriteTx tx, String id) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Live (not revoked) keys, newest first; entityUri null = all of the tenant. Expired ones only when asked. */
    public List<KeyRecord> list(ReadTx tx, String tenant, @Nullable String entityUri, boolean includeExpired)
            throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    public Optional<KeyRecord> byId(ReadTx tx, String id) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Looks a raw key up whatever its state (revoked and expired rows too); for the admin key at start. */
    public Optional<KeyRecord> byRawKey(ReadTx tx, SecretBytes rawKey) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    public boolean isEmpty(ReadTx tx) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    public sealed interface Verdict {
        record Known(Principal principal) implements Verdict {}

        /** Missing, wrong, revoked or expired: the wire does not tell which. */
        record Unknown() implements Verdict {}
    }

    public record Prepared(String lookup, String argon2id) {}

    /** @param expiresAt offset form, or null for "the maximum age" */
    public record NewKey(
            String entityUri,
            Set<String> permissions,
            @Nullable String description,
            String tenant,
            @Nullable String expiresAt) {}

    public record KeyRecord(
            String id,
            String entityUri,
            Set<String> permissions,
            @Nullable String description,
            String tenant,
            String createdAt,
            @Nullable String expiresAt,
            @Nullable String revokedAt) {}

    public static final class DuplicateKey extends RuntimeException {
        public DuplicateKey() {
            super("raw_key already exists; generate a new key value", null, false, false);
        }
    }
}
