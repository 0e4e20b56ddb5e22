package bulwark.gateway.identity;

import bulwark.gateway.identity.TokenRevocation.Claim;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Revocations that outlive the process: each order is a row with its audit row in one transaction, and in force once it is committed. What the admin API calls. Every method blocks;
 * call on a virtual thread. Thread-safe.
 */
public final class TokenRevocationRows {
    /** The audit log decides whether a row of it is honoured. */
    public static final GuardedTable TABLE = GatewayStore.TOKEN_REVOCATIONS;

    public static final AuditEventType REVOKED =
            AuditEventType.of("token_revoked", "tokens of an id, a subject or a client were revoked", "claim", "until");
    public static final AuditEventType RESTORED =
            AuditEventType.of("token_revocation_removed", "the revocation of tokens was taken back", "claim");

    /** Longest order: longer than any token lives. */
    public static final Duration MAX_DURATION = Duration.ofDays(366);

    private static final int MAX_VALUE = 256;

    private final AuditedStore store;
    private final TokenRevocationList list;
    private final Clock clock;

    /** Hears of orders once they are committed. Must not block or throw. */
    public interface OrderListener {
        void revoked(TokenRevocation order);

        void restored(Claim claim, String value);
    }

    private static final OrderListener NOBODY = new OrderListener() {
        @Override
        public void revoked(TokenRevocation order) {}

        @Override
        public void restored(Claim claim, String value) {}
    };

    private volatile OrderListener listener = NOBODY;

    private TokenRevocationRows(AuditedStore store, TokenRevocationList list, Clock clock) {
        this.store = store;
        this.list = list;
        this.clock = clock;
    }

    /** Puts the orders of the store in force. */
    public static TokenRevocationRows open(AuditedStore store, TokenRevocationList list, Clock clock) {
        store.store().read(TokenRevocationRows::rows).forEach(list::add);
        return new TokenRevocationRows(store, list, clock);
    }

    /**
     * @param tenant and actor of the order, for its audit row
     * @throws IllegalArgumentException with a sentence that names the field
     */
    public void revoke(TokenRevocation revocation, String actor, String tenant) {
        Instant now = clock.instant();
        String value = revocation.value();
        if (value.isEmpty() || value.length() > MAX_VALUE || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(revocation.claim().wireName() + " must have 1 to " + MAX_VALUE
                    + " characters and no control characters");
        }
        if (!revocation.until().isAfter(now) || revocation.until().isAfter(now.plus(MAX_DURATION))) {
            throw new IllegalArgumentException("until must lie ahead, by at most " + MAX_DURATION.toDays() + " days");
        }
        store.store().write(tx -> {
            forgetThoseThatAreOver(tx, now);
            PreparedStatement put = tx.statement("INSERT INTO token_revocations (claim, value, until) VALUES (?, ?, ?)"
                    + " ON CONFLICT (claim, value) DO UPDATE SET until = max(until, excluded.until)");
            put.setString(1, revocation.claim().wireName());
            put.setString(2, value);
            put.setLong(3, revocation.until().toEpochMilli());
            put.executeUpdate();
            Map<String, Object> detail = Map.of(
                    "claim",
                    revocation.claim().wireName(),
                    "until",
                    revocation.until().toString());
            store.audit()
                    .guardedRows()
                    .append(
                            tx,
                            REVOKED.event(actor, tenant, value, null, detail),
                            TABLE,
                            revocation.claim().wireName(),
                            value);
            tx.afterCommit(() -> {
                list.add(revocation);
                listener.revoked(revocation);
            });
            return value;
        });
    }

    /** Takes an order back, also one that another gateway gave. False when there is none. */
    public boolean remove(Claim claim, String value, String actor, String tenant) {
        return remove(claim, value, actor, tenant, () -> listener.restored(claim, value));
    }

    /** Another gateway took an order back that stands in this one's store. Blocks. */
    public void removedElsewhere(Claim claim, String value) {
        remove(claim, value, null, "default", () -> {});
    }

    private boolean remove(Claim claim, String value, @Nullable String actor, String tenant, Runnable afterwards) {
        boolean elsewhere = list.list().stream()
                .anyMatch(order -> order.claim() == claim && order.value().equals(value));
        return store.store().write(tx -> {
            PreparedStatement delete = tx.statement("DELETE FROM token_revocations WHERE claim = ? AND value = ?");
            delete.setString(1, claim.wireName());
            delete.setString(2, value);
            if (delete.executeUpdate() == 0 && !elsewhere) {
                return false;
            }
            store.audit()
                    .guardedRows()
                    .append(
                            tx,
                            RESTORED.event(actor, tenant, value, null, Map.of("claim", claim.wireName())),
                            TABLE,
                            claim.wireName(),
                            value);
            tx.afterCommit(() -> {
                list.remove(claim, value);
                afterwards.run();
            });
            return true;
        });
    }

    /** Tells the orders that stand in the store, and from now on each new one. */
    public void onOrder(OrderListener next) {
        listener = next;
        store.store().read(TokenRevocationRows::rows).forEach(next::revoked);
    }

    /** Those in force, the one that ends first first. */
    public List<TokenRevocation> list() {
        return list.list();
    }

    /** An order that is over says nothing about any token any more. */
    private void forgetThoseThatAreOver(WriteTx tx, Instant now) throws SQLException {
        for (TokenRevocation over : rows(tx)) {
            if (!now.isBefore(over.until())) {
                PreparedStatement delete = tx.statement("DELETE FROM token_revocations WHERE claim = ? AND value = ?");
                delete.setString(1, over.claim().wireName());
                delete.setString(2, over.value());
                delete.executeUpdate();
                store.audit()
                        .guardedRows()
                        .append(
                                tx,
                                RESTORED.event(
                                        null,
                                        "default",
                                        over.value(),
                                        null,
                                        Map.of("claim", over.claim().wireName())),
                                TABLE,
                                over.claim().wireName(),
                                over.value());
            }
        }
    }

    /**
     * Rows are believed whether the log vouches for them or not: one that was put in by hand refuses tokens and lets none in, and one that was taken out is found by fsck.
     */
    private static List<TokenRevocation> rows(ReadTx tx) throws SQLException {
        List<TokenRevocation> rows = new ArrayList<>();
        try (ResultSet row = tx.statement("SELECT claim, value, until FROM token_revocations")
                .executeQuery()) {
            while (row.next()) {
                Claim claim = Claim.valueOf(row.getString(1).toUpperCase(java.util.Locale.ROOT));
                rows.add(new TokenRevocation(claim, row.getString(2), Instant.ofEpochMilli(row.getLong(3))));
            }
        }
        return rows;
    }
}
