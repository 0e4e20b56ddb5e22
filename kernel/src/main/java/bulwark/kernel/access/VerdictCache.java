package bulwark.kernel.access;

import bulwark.kernel.access.ApiKeys.KeyRecord;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.concurrent.Futures;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.PasswordHash;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who a raw key is, verified once and then remembered: bounded, forgotten when its row changes, with its expiry compared at each use. Keys
 * that nobody has are remembered for half a minute. Every map here is keyed by the digest of the raw key. Thread-safe.
 */
final class VerdictCache {
    private static final int MAX_CACHED = 10_000;
    private static final Duration UNKNOWN_KEY_TTL = Duration.ofSeconds(30);

    private final Function<String, Optional<KeyTable.Row>> rows;
    private final Clock clock;
    private final Cache<String, CachedVerdict> verified =
            Caffeine.newBuilder().maximumSize(MAX_CACHED).build();
    private final Cache<String, Verdict.Unknown> unknown = Caffeine.newBuilder()
            .maximumSize(MAX_CACHED)
            .expireAfterWrite(UNKNOWN_KEY_TTL)
            .build();
    private final ConcurrentMap<String, CompletableFuture<Verdict>> inFlight = new ConcurrentHashMap<>();

    /** What {@link #awaitRegistration} announced last. */
    private volatile CompletableFuture<?> expected = CompletableFuture.completedFuture(null);

    /** Grows with each committed change of the table, so that a slow reader does not cache what is no longer true. */
    private final AtomicLong changes = new AtomicLong();

    /** @param rows reads the row of a key by the digest of the raw key, from the store at each call */
    VerdictCache(Function<String, Optional<KeyTable.Row>> rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    /** As {@link ApiKeys#awaitRegistration}. */
    void awaitRegistration(CompletableFuture<?> registration) {
        expected = registration;
    }

    /** Never blocks; null when it is not known. */
    @Nullable
    Verdict known(String lookup) {
        CachedVerdict live = verified.getIfPresent(lookup);
        return live != null ? live.verdict(clock.instant()) : unknown.getIfPresent(lookup);
    }

    /** May read the store and run Argon2id; call on a virtual thread. */
    Verdict of(String lookup, String rawKey) {
        Verdict known = known(lookup);
        return known != null ? known : singleFlight(lookup, rawKey);
    }

    /** Many requests that arrive with one key before it is cached pay for one Argon2 run together. */
    private Verdict singleFlight(String lookup, String rawKey) {
        CompletableFuture<Verdict> mine = new CompletableFuture<>();
        CompletableFuture<Verdict> other = inFlight.putIfAbsent(lookup, mine);
        if (other != null) {
            return Futures.join(other);
        }
        try {
            Verdict verdict = verify(lookup, rawKey);
            mine.complete(verdict);
            return verdict;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            inFlight.remove(lookup, mine);
        }
    }

    private Verdict verify(String lookup, String rawKey) {
        // Its failure is reported to the caller that began it; here the table decides.
        Object ignored = expected.exceptionally(failure -> null).join();
        long before = changes.get();
        Optional<KeyTable.Row> row = rows.apply(lookup);
        Verified verified = verify(row, rawKey);
        while (!remember(lookup, verified, before)) {
            // What was read before a change says nothing about the time after it.
            before = changes.get();
            Optional<KeyTable.Row> now = rows.apply(lookup);
            if (!now.equals(row)) {
                row = now;
                verified = verify(row, rawKey);
            }
        }
        return verified.verdict(clock.instant());
    }

    private Verified verify(Optional<KeyTable.Row> row, String rawKey) {
        if (row.isEmpty()) {
            return Verified.NOBODY;
        }
        KeyRecord key = row.get().key();
        if (key.revokedAt() != null) {
            return new Verified(null, new Verdict.Unknown(Verdict.Reason.REVOKED, key.id()));
        }
        if (key.isExpired(clock.instant())) {
            return new Verified(null, new Verdict.Unknown(Verdict.Reason.EXPIRED, key.id()));
        }
        boolean matches =
                PasswordHash.matches(SecretBytes.ofText(rawKey), row.get().argon2id());
        return matches ? new Verified(CachedVerdict.of(key), new Verdict.Unknown()) : Verified.NOBODY;
    }

    /** @return false when a change came between: what was remembered here is forgotten */
    private boolean remember(String lookup, Verified read, long before) {
        if (read.live == null) {
            unknown.put(lookup, read.otherwise);
        } else {
            verified.put(lookup, read.live);
        }
        if (changes.get() == before) {
            return true;
        }
        verified.invalidate(lookup);
        unknown.invalidate(lookup);
        return false;
    }

    /** Another process may have revoked a key or made one known. */
    void forgetAll() {
        changes.incrementAndGet();
        inFlight.clear();
        verified.invalidateAll();
        unknown.invalidateAll();
    }

    /** Its row was changed by this process, and that is committed. */
    void forget(String lookup) {
        changes.incrementAndGet();
        // Who comes from now on does not join a verification that began before.
        inFlight.remove(lookup);
        verified.invalidate(lookup);
        unknown.invalidate(lookup);
    }

    /** @param otherwise what is answered without a live key */
    private record Verified(@Nullable CachedVerdict live, Verdict.Unknown otherwise) {
        static final Verified NOBODY = new Verified(null, new Verdict.Unknown());

        Verdict verdict(Instant now) {
            return live == null ? otherwise : live.verdict(now);
        }
    }

    /** @param end parsed once, because each request asks */
    private record CachedVerdict(
            Verdict.Known known, @Nullable Instant end) {
        static CachedVerdict of(KeyRecord key) {
            Principal principal =
                    new Principal(key.entityUri(), key.tenant(), key.permissions(), key.id(), key.scopes());
            return new CachedVerdict(
                    new Verdict.Known(principal, key.boundTo()),
                    key.expiresAt() == null ? null : KeyTable.instant(key.expiresAt()));
        }

        Verdict verdict(Instant now) {
            return end != null && !now.isBefore(end)
                    ? new Verdict.Unknown(
                            Verdict.Reason.EXPIRED, known.principal().keyId())
                    : known;
        }
    }
}
