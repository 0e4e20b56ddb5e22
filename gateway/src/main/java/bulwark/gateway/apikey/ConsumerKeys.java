package bulwark.gateway.apikey;

import bulwark.gateway.apikey.ConsumerKeyRefused.Reason;
import bulwark.gateway.permission.Role;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Digests;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Makes, rotates, suspends and revokes the keys of subscriptions, each step with its audit row in one transaction, and tells the key cache of it once it is committed. Every method
 * blocks; call on a virtual thread. Thread-safe.
 */
public final class ConsumerKeys {
    /** The audit log decides whether a row of it is honoured. */
    public static final GuardedTable TABLE = GatewayStore.CONSUMER_KEYS;

    public static final AuditEventType ISSUED = AuditEventType.of(
            "consumer_key_issued",
            "the first API key of a subscription was made",
            "subscription_id",
            "prefix",
            "roles");
    public static final AuditEventType ROTATED = AuditEventType.of(
            "consumer_key_rotated",
            "the API key of a subscription was replaced",
            "subscription_id",
            "prefix",
            "former_expires_at");
    public static final AuditEventType SUSPENDED = AuditEventType.of(
            "consumer_key_suspended", "the API keys of a subscription were suspended", "subscription_id");
    public static final AuditEventType REACTIVATED = AuditEventType.of(
            "consumer_key_reactivated", "the API keys of a subscription were let in again", "subscription_id");
    public static final AuditEventType REVOKED = AuditEventType.of(
            "consumer_key_revoked", "the API keys of a subscription were revoked for good", "subscription_id");

    private static final int MIN_GRACE_HOURS = 1;
    private static final int MAX_GRACE_HOURS = 168;
    private static final int MAX_ORDERED = 10_000;
    private static final int MAX_LISTED = 1_000;

    private final AuditedStore store;
    private final ConsumerKeyCache cache;
    private final Signing signing;
    private final Clock clock;
    private volatile Optional<KeyOrderListener> listener = Optional.empty();

    public ConsumerKeys(AuditedStore store, ConsumerKeyCache cache, Signing signing, Clock clock) {
        this.store = store;
        this.cache = cache;
        this.signing = signing;
        this.clock = clock;
    }

    /**
     * What a first key is made for.
     *
     * @param subject the consumer
     * @param profile security profile that calls with this key must fulfil
     * @param expires null for none
     */
    public record NewSubscription(
            String subscription,
            String subject,
            String tenant,
            List<Role> roles,
            String profile,
            @Nullable Instant expires) {
        public NewSubscription {
            roles = List.copyOf(roles);
        }
    }

    /** @param actor who asks, for the audit row */
    public IssuedKey issue(NewSubscription wanted, String actor) {
        if (wanted.roles().isEmpty()) {
            throw new ConsumerKeyRefused(Reason.OUT_OF_RANGE, "roles must name at least one role");
        }
        SecretBytes raw = ConsumerKeyText.fresh(signing);
        return store.store().write(tx -> {
            if (!ConsumerKeyTable.ofSubscription(tx, wanted.subscription()).isEmpty()) {
                throw new ConsumerKeyRefused(
                        Reason.KNOWN_SUBSCRIPTION, "the subscription has a key: rotate it to get another");
            }
            List<String> roles = wanted.roles().stream().map(Role::wireName).toList();
            ConsumerKeyRecord key = record(raw, wanted, roles, 1);
            ConsumerKeyTable.insert(tx, key);
            Map<String, Object> detail = Map.of(
                    "subscription_id", key.subscription(), "prefix", key.prefix(), "roles", String.join(",", roles));
            audit(tx, ISSUED, actor, List.of(key), detail);
            return new IssuedKey(key.id(), raw, key.prefix(), null, 0);
        });
    }

    private ConsumerKeyRecord record(SecretBytes raw, NewSubscription of, List<String> roles, int serial) {
        String text = raw.exposeText(SecretAccess.grant());
        return new ConsumerKeyRecord(
                UUID.randomUUID().toString(),
                Digests.sha256Hex(text),
                text.substring(0, ConsumerKeyText.PREFIX_LENGTH),
                of.subscription(),
                of.subject(),
                of.tenant(),
                roles,
                of.profile(),
                serial,
                clock.instant(),
                of.expires(),
                null,
                null);
    }

    /**
     * Both keys work during the grace; a key that was already in its grace ends now.
     *
     * @param graceHours 1 to 168
     */
    public IssuedKey rotate(String subscription, String tenant, int graceHours, String actor) {
        if (graceHours < MIN_GRACE_HOURS || graceHours > MAX_GRACE_HOURS) {
            throw new ConsumerKeyRefused(
                    Reason.OUT_OF_RANGE,
                    "grace_period_hours must be from " + MIN_GRACE_HOURS + " to " + MAX_GRACE_HOURS);
        }
        SecretBytes raw = ConsumerKeyText.fresh(signing);
        return store.store().write(tx -> {
            List<ConsumerKeyRecord> former = live(tx, subscription, tenant);
            ConsumerKeyRecord newest = former.getFirst();
            Instant now = clock.instant();
            Instant grace = now.plus(Duration.ofHours(graceHours));
            Instant end = newest.expires() != null && newest.expires().isBefore(grace) ? newest.expires() : grace;
            ConsumerKeyTable.expire(tx, newest.id(), end);
            for (ConsumerKeyRecord older : former.subList(1, former.size())) {
                ConsumerKeyTable.expire(tx, older.id(), now);
            }
            NewSubscription same =
                    new NewSubscription(subscription, newest.subject(), tenant, List.of(), newest.profile(), null);
            ConsumerKeyRecord key = record(raw, same, newest.roles(), newest.serial() + 1);
            ConsumerKeyTable.insert(tx, key);
            Map<String, Object> detail = Map.of(
                    "subscription_id", subscription, "prefix", key.prefix(), "former_expires_at", end.toString());
            List<ConsumerKeyRecord> changed = new java.util.ArrayList<>(former);
            changed.add(key);
            audit(tx, ROTATED, actor, changed, detail);
            tx.afterCommit(() -> listener.ifPresent(to -> {
                to.ends(newest.lookup(), end);
                former.subList(1, former.size()).forEach(older -> to.ends(older.lookup(), now));
            }));
            return new IssuedKey(key.id(), raw, key.prefix(), end, key.serial() - 1);
        });
    }

    public void suspend(String subscription, String tenant, String actor) {
        change(subscription, tenant, SUSPENDED, actor, (tx, key) -> ConsumerKeyTable.suspend(tx, key, clock.instant()))
                .forEach(key -> listener.ifPresent(to -> to.suspended(key.lookup(), true)));
    }

    public void reactivate(String subscription, String tenant, String actor) {
        change(subscription, tenant, REACTIVATED, actor, (tx, key) -> ConsumerKeyTable.suspend(tx, key, null))
                .forEach(key -> listener.ifPresent(to -> to.suspended(key.lookup(), false)));
    }

    /** Tells what was ordered so far, of the newest ten thousand keys that an order is in force for, and from now on each new order. */
    public void onOrder(KeyOrderListener to) {
        listener = Optional.of(to);
        for (ConsumerKeyRecord key : store.store().read(tx -> ConsumerKeyTable.ordered(tx, MAX_ORDERED))) {
            if (key.revoked() != null) {
                to.revoked(key.lookup());
            } else if (key.suspended() != null) {
                to.suspended(key.lookup(), true);
            }
            if (key.expires() != null) {
                to.ends(key.lookup(), key.expires());
            }
        }
    }

    /** For good. */
    public void revoke(String subscription, String tenant, String actor) {
        change(subscription, tenant, REVOKED, actor, (tx, key) -> ConsumerKeyTable.revoke(tx, key, clock.instant()))
                .forEach(key -> listener.ifPresent(to -> to.revoked(key.lookup())));
    }

    private interface RowChange {
        void apply(WriteTx tx, String id) throws SQLException;
    }

    private List<ConsumerKeyRecord> change(
            String subscription, String tenant, AuditEventType type, String actor, RowChange change) {
        return store.store().write(tx -> {
            List<ConsumerKeyRecord> keys = live(tx, subscription, tenant);
            for (ConsumerKeyRecord key : keys) {
                change.apply(tx, key.id());
            }
            audit(tx, type, actor, keys, Map.of("subscription_id", subscription));
            return keys;
        });
    }

    /** @throws ConsumerKeyRefused when the subscription has no live key */
    public RotationInfo rotationInfo(String subscription, String tenant) {
        Instant now = clock.instant();
        List<ConsumerKeyRecord> keys = store.store().read(tx -> ConsumerKeyTable.ofSubscription(tx, subscription));
        if (keys.isEmpty() || !keys.getFirst().tenant().equals(tenant)) {
            throw unknown();
        }
        ConsumerKeyRecord newest = keys.getFirst();
        Instant previous =
                keys.size() > 1 && keys.get(1).isLive(now) ? keys.get(1).expires() : null;
        return new RotationInfo(
                subscription,
                newest.prefix(),
                previous,
                newest.serial() - 1,
                newest.serial() == 1 ? null : newest.created());
    }

    /** Seconds since the oldest key was made that works now; 0 where there is none. */
    public long oldestSeconds() {
        Instant now = clock.instant();
        return store.store()
                .read(tx -> ConsumerKeyTable.oldestLive(tx, now))
                .map(made -> Math.max(0, Duration.between(made, now).toSeconds()))
                .orElse(0L);
    }

    /** Of every tenant, the newest first, at most a thousand. */
    public List<ConsumerKeySummary> list() {
        Instant now = clock.instant();
        return store.store().read(tx -> ConsumerKeyTable.newest(tx, MAX_LISTED)).stream()
                .map(key -> ConsumerKeySummary.of(key, now))
                .toList();
    }

    /** Of one subscription, the newest first; empty when there is none of this id. */
    public List<ConsumerKeySummary> list(String subscription) {
        Instant now = clock.instant();
        return store.store().read(tx -> ConsumerKeyTable.ofSubscription(tx, subscription)).stream()
                .map(key -> ConsumerKeySummary.of(key, now))
                .toList();
    }

    /** Newest first, never empty. Keys of another tenant are no different from none. */
    private List<ConsumerKeyRecord> live(WriteTx tx, String subscription, String tenant) throws SQLException {
        Instant now = clock.instant();
        List<ConsumerKeyRecord> live = ConsumerKeyTable.ofSubscription(tx, subscription).stream()
                .filter(key -> key.tenant().equals(tenant) && key.isLive(now))
                .toList();
        if (live.isEmpty()) {
            throw unknown();
        }
        return live;
    }

    private static ConsumerKeyRefused unknown() {
        return new ConsumerKeyRefused(Reason.UNKNOWN_SUBSCRIPTION, "there is no such subscription with a live key");
    }

    private void audit(
            WriteTx tx, AuditEventType type, String actor, List<ConsumerKeyRecord> changed, Map<String, Object> detail)
            throws SQLException {
        String tenant = changed.getFirst().tenant();
        String subject = changed.getFirst().subscription();
        List<List<String>> rows = changed.stream().map(key -> List.of(key.id())).toList();
        store.audit().guardedRows().append(tx, type.event(actor, tenant, subject, null, detail), Map.of(TABLE, rows));
        tx.afterCommit(() -> changed.forEach(key -> cache.forget(key.lookup())));
    }
}
