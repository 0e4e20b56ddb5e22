package bulwark.facts.capability;

import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A token as this node remembers it. */
record CapabilityRow(
        String tokenId,
        String tenant,
        String issuer,
        String subject,
        String issuedBy,
        String tokenJson,
        @Nullable String revokedAt) {

    static Optional<CapabilityRow> find(ReadTx tx, String tokenId) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT token_id, tenant_id, issuer, subject, issued_by, token_json, revoked_at"
                        + " FROM capability_tokens WHERE token_id = ?");
        select.setString(1, tokenId);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? Optional.of(new CapabilityRow(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getString(3),
                            rows.getString(4),
                            rows.getString(5),
                            rows.getString(6),
                            rows.getString(7)))
                    : Optional.empty();
        }
    }

    static void insert(WriteTx tx, CapabilityToken token, String tenant, String issuedBy) throws SQLException {
        PreparedStatement insert =
                tx.statement("INSERT INTO capability_tokens (token_id, tenant_id, issuer, subject, verb,"
                        + " object, key_id, issued_by, issued_at, expiry, token_json) VALUES (?,?,?,?,?,?,?,?,?,?,?)");
        insert.setString(1, token.id());
        insert.setString(2, tenant);
        insert.setString(3, token.text("issuer"));
        insert.setString(4, token.text("subject"));
        insert.setString(5, token.text("verb"));
        insert.setString(6, token.text("object"));
        insert.setString(7, token.text("key_id"));
        insert.setString(8, issuedBy);
        insert.setString(9, token.text("issued_at"));
        insert.setString(10, token.text("expiry"));
        insert.setString(11, token.json());
        insert.executeUpdate();
    }

    static void revoke(WriteTx tx, String tokenId, String at, String by, String reason) throws SQLException {
        PreparedStatement update =
                tx.statement("UPDATE capability_tokens SET revoked_at = ?, revoked_by = ?, revoke_reason = ?"
                        + " WHERE token_id = ? AND revoked_at IS NULL");
        update.setString(1, at);
        update.setString(2, by);
        update.setString(3, reason);
        update.setString(4, tokenId);
        update.executeUpdate();
    }

    /** Whether this entity holds a live API key here. @param now offset form */
    static boolean holdsKey(ReadTx tx, String entityUri, String tenant, String now) throws SQLException {
        PreparedStatement select = tx.statement("SELECT 1 FROM api_keys WHERE entity_uri = ? AND tenant_id = ?"
                + " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) LIMIT 1");
        select.setString(1, entityUri);
        select.setString(2, tenant);
        select.setString(3, now);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next();
        }
    }
}
