package bulwark.gateway.apikey;

import bulwark.gateway.apikey.ConsumerKeyVerdict.Reason;
import bulwark.gateway.identity.TokenDigest;
import bulwark.gateway.permission.OAuthScope;
import bulwark.gateway.permission.Role;
import bulwark.gateway.permission.RoleTable;
import bulwark.gateway.permission.RouteReach;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.signing.Digests;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What API keys are worth. A good key is known for five minutes and never beyond its own end, a bad one for ten seconds; a change of a key is known at once. A key works only while
 * the audit log vouches for its row: whoever edits the file makes no key. Thread-safe.
 */
public final class ConsumerKeyCache {
    private static final int MAX_KEYS = 10_000;
    private static final Duration GOOD_TTL = Duration.ofMinutes(5);
    private static final Duration BAD_TTL = Duration.ofSeconds(10);

    private final AuditedStore store;
    private final Clock clock;
    private final Cache<TokenDigest, Entry> good =
            Caffeine.newBuilder().maximumSize(MAX_KEYS).build();
    private final Cache<TokenDigest, Entry> bad =
            Caffeine.newBuilder().maximumSize(MAX_KEYS).build();

    /** By SHA-256 in hex. */
    private volatile Map<String, PushedKey> pushed = Map.of();

    private final RemoteKeyOrders elsewhere = new RemoteKeyOrders();

    /** Grows with each committed change, so that a slow reader does not keep what is no longer true. */
    private final AtomicLong changes = new AtomicLong();

    private record Entry(ConsumerKeyVerdict verdict, long untilMillis) {}

    public ConsumerKeyCache(AuditedStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Null when {@link #verify} must be asked. Never blocks; for the event loop. */
    public @Nullable ConsumerKeyVerdict known(TokenDigest digest) {
        long now = clock.millis();
        Entry entry = good.getIfPresent(digest);
        if (entry == null) {
            entry = bad.getIfPresent(digest);
        }
        return entry != null && now < entry.untilMillis ? entry.verdict : null;
    }

    /** Reads the store; call on a virtual thread. @param digest of the key */
    public ConsumerKeyVerdict verify(String rawKey, TokenDigest digest) {
        if (!ConsumerKeyText.isPossible(rawKey)) {
            return new ConsumerKeyVerdict.Refused(Reason.MALFORMED);
        }
        String lookup = Digests.sha256Hex(rawKey);
        while (true) {
            long before = changes.get();
            PushedKey own = pushed.get(lookup);
            Entry entry = own == null ? entry(row(lookup)) : entry(own);
            if (entry.verdict instanceof ConsumerKeyVerdict.Accepted) {
                entry = asOrderedElsewhere(lookup, entry);
            }
            Cache<TokenDigest, Entry> cache = entry.verdict instanceof ConsumerKeyVerdict.Accepted ? good : bad;
            cache.put(digest, entry);
            if (changes.get() == before) {
                return entry.verdict;
            }
            cache.invalidate(digest);
        }
    }

    private Entry asOrderedElsewhere(String lookup, Entry entry) {
        Instant now = clock.instant();
        Reason fault = elsewhere.fault(lookup, now);
        if (fault != null) {
            return new Entry(
                    new ConsumerKeyVerdict.Refused(fault), now.plus(BAD_TTL).toEpochMilli());
        }
        Instant end = elsewhere.end(lookup);
        return end.equals(Instant.MAX) || end.toEpochMilli() > entry.untilMillis
                ? entry
                : new Entry(entry.verdict, end.toEpochMilli());
    }

    private Optional<ConsumerKeyRecord> row(String lookup) {
        return store.store().read(tx -> {
            Optional<ConsumerKeyRecord> found = ConsumerKeyTable.byLookup(tx, lookup);
            boolean honoured = found.isPresent()
                    && store.audit()
                            .guardedRows()
                            .vouchesFor(tx, ConsumerKeys.TABLE, found.get().id());
            return honoured ? found : Optional.empty();
        });
    }

    private Entry entry(Optional<ConsumerKeyRecord> row) {
        Instant now = clock.instant();
        Reason fault = fault(row, now);
        if (fault != null) {
            return new Entry(
                    new ConsumerKeyVerdict.Refused(fault), now.plus(BAD_TTL).toEpochMilli());
        }
        ConsumerKeyRecord key = row.orElseThrow();
        Instant end = key.expires() == null ? Instant.MAX : key.expires();
        Instant until = now.plus(GOOD_TTL).isBefore(end) ? now.plus(GOOD_TTL) : end;
        return new Entry(
                new ConsumerKeyVerdict.Accepted(principal(key, end), key.subscription(), key.profile()),
                until.toEpochMilli());
    }

    private Entry entry(PushedKey key) {
        Instant now = clock.instant();
        Instant end = key.expires() == null ? Instant.MAX : key.expires();
        if (!now.isBefore(end)) {
            return new Entry(
                    new ConsumerKeyVerdict.Refused(Reason.EXPIRED),
                    now.plus(BAD_TTL).toEpochMilli());
        }
        Instant until = now.plus(GOOD_TTL).isBefore(end) ? now.plus(GOOD_TTL) : end;
        return new Entry(
                new ConsumerKeyVerdict.Accepted(principal(key, end), key.subscription(), key.profile()),
                until.toEpochMilli());
    }

    /** Scopes, and no permission: what such a key may do beyond its one route is nothing. */
    private static Principal principal(PushedKey key, Instant end) {
        Authentication how =
                new Authentication(Authentication.Method.API_KEY, Set.of(), key.subscription(), end, Confirmation.NONE);
        return new Principal(
                key.consumer(),
                key.tenant(),
                RoleTable.granted(List.of(), List.of(OAuthScope.READ, OAuthScope.WRITE, OAuthScope.EXECUTE)),
                key.subscription(),
                Set.of(RouteReach.of(key.route())),
                how);
    }

    /** These keys, and no other that was pushed before, from the next call on. @param byLookup SHA-256 of each key, hex */
    public void push(Map<String, PushedKey> byLookup) {
        Map<String, PushedKey> before = pushed;
        if (before == byLookup) {
            return;
        }
        pushed = Map.copyOf(byLookup);
        changes.incrementAndGet();
        before.forEach((lookup, key) -> {
            if (!key.equals(byLookup.get(lookup))) {
                forget(lookup);
            }
        });
        byLookup.forEach((lookup, key) -> {
            if (!key.equals(before.get(lookup))) {
                forget(lookup);
            }
        });
    }

    /**
     * Takes from the pushed keys those that are not among these, or are for something else there; one that ends sooner there ends sooner. Adds none.
     *
     * @param byLookup SHA-256 of each key, hex
     */
    public void withdrawPushed(Map<String, PushedKey> byLookup) {
        Map<String, PushedKey> now = pushed;
        push(now == byLookup ? now : PushedKey.withdrawn(now, byLookup));
    }

    private static @Nullable Reason fault(Optional<ConsumerKeyRecord> row, Instant now) {
        if (row.isEmpty()) {
            return Reason.UNKNOWN;
        }
        ConsumerKeyRecord key = row.get();
        if (key.revoked() != null) {
            return Reason.REVOKED;
        }
        return !key.isLive(now) ? Reason.EXPIRED : key.suspended() != null ? Reason.SUSPENDED : null;
    }

    private static Principal principal(ConsumerKeyRecord key, Instant end) {
        Set<Role> roles = key.roles().stream()
                .flatMap(name -> Role.named(name, false).stream())
                .collect(Collectors.toSet());
        Authentication how = new Authentication(
                Authentication.Method.API_KEY, Set.copyOf(key.roles()), key.subscription(), end, Confirmation.NONE);
        return new Principal(key.subject(), key.tenant(), RoleTable.granted(roles, List.of()), key.id(), Set.of(), how);
    }

    /** Another gateway revoked the key: it is refused here whatever this store says of it. @param lookup SHA-256 of the key, 64 lower-case hex digits */
    public void revokedElsewhere(String lookup) {
        elsewhere.revoke(lookup);
        forget(lookup);
    }

    /** Another gateway suspended the key, or let it in again; what this store says of it holds besides. @param lookup as {@link #revokedElsewhere} */
    public void suspendedElsewhere(String lookup, boolean suspended) {
        elsewhere.suspend(lookup, suspended);
        forget(lookup);
    }

    /** Another gateway gave the key an end. @param lookup as {@link #revokedElsewhere} */
    public void endsElsewhere(String lookup, Instant end) {
        elsewhere.end(lookup, end);
        forget(lookup);
    }

    /** After the commit of a change. @param lookup SHA-256 of the key, hex */
    void forget(String lookup) {
        changes.incrementAndGet();
        TokenDigest digest = TokenDigest.ofHex(lookup);
        good.invalidate(digest);
        bad.invalidate(digest);
    }
}
