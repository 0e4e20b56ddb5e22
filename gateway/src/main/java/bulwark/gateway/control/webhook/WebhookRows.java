package bulwark.gateway.control.webhook;

import bulwark.gateway.control.state.ControlStore;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import bulwark.kernel.time.UuidV7;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code control_webhook_deliveries}, the outbox: rows are written in the transaction of the change that they tell of. */
final class WebhookRows {
    private static final String TABLE = "control_webhook_deliveries";
    private static final String SELECT =
            "SELECT id, tenant_id, webhook_id, audit_id, state, attempts, due_at, problem FROM " + TABLE;

    private WebhookRows() {}

    static void insert(WriteTx tx, String tenant, String webhook, String audit, Instant now, Instant due)
            throws SQLException {
        PreparedStatement insert = tx.statement(
                "INSERT INTO " + TABLE
                        + " (id, tenant_id, webhook_id, audit_id, state, attempts, due_at, problem) VALUES (?, ?, ?, ?, ?, 0, ?, '')");
        insert.setString(1, UuidV7.next(now));
        insert.setString(2, tenant);
        insert.setString(3, webhook);
        insert.setString(4, audit);
        insert.setString(5, WebhookDelivery.PENDING);
        insert.setLong(6, due.toEpochMilli());
        insert.executeUpdate();
    }

    /**
     * What waits for a webhook.
     *
     * @param due when the first of it is; the epoch when nothing waits
     */
    record Backlog(long count, Instant due) {}

    static Backlog pending(ReadTx tx, String tenant, String webhook) throws SQLException {
        PreparedStatement select = tx.statement(
                "SELECT count(*), min(due_at) FROM " + TABLE + " WHERE tenant_id = ? AND webhook_id = ? AND state = ?");
        select.setString(1, tenant);
        select.setString(2, webhook);
        select.setString(3, WebhookDelivery.PENDING);
        try (ResultSet row = select.executeQuery()) {
            row.next();
            return new Backlog(row.getLong(1), Instant.ofEpochMilli(row.getLong(2)));
        }
    }

    /** A webhook of a tenant. */
    record Receiver(String tenant, String webhook) {}

    /** Webhooks with something due, the longest waiting first: however much waits for one, the others are seen. */
    static List<Receiver> dueWebhooks(ReadTx tx, Instant now) throws SQLException {
        PreparedStatement select = tx.statement("SELECT tenant_id, webhook_id FROM " + TABLE
                + " WHERE state = ? AND due_at <= ? GROUP BY tenant_id, webhook_id ORDER BY MIN(due_at), webhook_id");
        select.setString(1, WebhookDelivery.PENDING);
        select.setLong(2, now.toEpochMilli());
        List<Receiver> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new Receiver(row.getString(1), row.getString(2)));
            }
        }
        return found;
    }

    /** The one that is due first first. */
    static List<WebhookDelivery> due(ReadTx tx, String webhook, Instant now, int max) throws SQLException {
        PreparedStatement select = tx.statement(
                SELECT + " WHERE webhook_id = ? AND state = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?");
        select.setString(1, webhook);
        select.setString(2, WebhookDelivery.PENDING);
        select.setLong(3, now.toEpochMilli());
        select.setInt(4, max);
        return rows(select);
    }

    /** What waits for a receiver that failed is not due before then, so that it is not called without a pause. */
    static void postpone(WriteTx tx, String webhook, Instant until) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE " + TABLE + " SET due_at = ? WHERE webhook_id = ? AND state = ? AND due_at < ?");
        update.setLong(1, until.toEpochMilli());
        update.setString(2, webhook);
        update.setString(3, WebhookDelivery.PENDING);
        update.setLong(4, until.toEpochMilli());
        update.executeUpdate();
    }

    /** Newest first. */
    static List<WebhookDelivery> of(ReadTx tx, String tenant, String webhook, int max) throws SQLException {
        PreparedStatement select =
                tx.statement(SELECT + " WHERE tenant_id = ? AND webhook_id = ? ORDER BY id DESC LIMIT ?");
        select.setString(1, tenant);
        select.setString(2, webhook);
        select.setInt(3, max);
        return rows(select);
    }

    static Optional<WebhookDelivery> find(ReadTx tx, String tenant, String webhook, String id) throws SQLException {
        PreparedStatement select = tx.statement(SELECT + " WHERE tenant_id = ? AND webhook_id = ? AND id = ?");
        select.setString(1, tenant);
        select.setString(2, webhook);
        select.setString(3, id);
        return rows(select).stream().findFirst();
    }

    static void update(WriteTx tx, WebhookDelivery now) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE " + TABLE + " SET state = ?, attempts = ?, due_at = ?, problem = ? WHERE id = ?");
        update.setString(1, now.state());
        update.setInt(2, now.attempts());
        update.setLong(3, now.due().toEpochMilli());
        update.setString(4, now.problem());
        update.setString(5, now.id());
        update.executeUpdate();
    }

    /** Those that ended before then. */
    static void forget(WriteTx tx, String state, Instant before) throws SQLException {
        PreparedStatement delete = tx.statement("DELETE FROM " + TABLE + " WHERE state = ? AND due_at < ?");
        delete.setString(1, state);
        delete.setLong(2, before.toEpochMilli());
        delete.executeUpdate();
    }

    /** The row of the audit log: type, time, subject and detail. Empty when it is not there. */
    static Optional<List<String>> audited(ReadTx tx, WebhookDelivery of) throws SQLException {
        PreparedStatement select = tx.statement("SELECT event_type, ts, subject, actor, detail FROM "
                + ControlStore.AUDIT_TABLE + " WHERE id = ? AND tenant_id = ?");
        select.setString(1, of.audit());
        select.setString(2, of.tenant());
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                return Optional.empty();
            }
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= 5; i++) {
                columns.add(row.getString(i) == null ? "" : row.getString(i));
            }
            return Optional.of(columns);
        }
    }

    private static List<WebhookDelivery> rows(PreparedStatement select) throws SQLException {
        List<WebhookDelivery> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                found.add(new WebhookDelivery(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        row.getString(5),
                        row.getInt(6),
                        Instant.ofEpochMilli(row.getLong(7)),
                        row.getString(8)));
            }
        }
        return found;
    }
}
