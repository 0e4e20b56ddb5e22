package bulwark.facts.identity;

import bulwark.kernel.json.CanonicalJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** The stored manifests: the current one for each entity, every former one in the history, and the rotations between them. */
final class ManifestTable {
    private ManifestTable() {}

    static Optional<Manifest> find(ReadTx tx, String entityUri) throws SQLException {
        PreparedStatement select = tx.statement("SELECT manifest FROM federation_manifests WHERE entity_uri = ?");
        select.setString(1, entityUri);
        try (ResultSet rows = select.executeQuery()) {
            return rows.next()
                    ? Optional.of(ManifestParser.parse(rows.getString(1).getBytes(StandardCharsets.UTF_8)))
                    : Optional.empty();
        }
    }

    static void store(WriteTx tx, Manifest manifest, String tenant, String now) throws SQLException {
        String json = CanonicalJson.text(manifest.members());
        PreparedStatement upsert = tx.statement(
                "INSERT INTO federation_manifests (entity_uri, tenant_id, key_id, issued_at, expires_at, leaf_hash, manifest)"
                        + " VALUES (?,?,?,?,?,?,?) ON CONFLICT (entity_uri) DO UPDATE SET key_id = excluded.key_id,"
                        + " issued_at = excluded.issued_at, expires_at = excluded.expires_at,"
                        + " leaf_hash = excluded.leaf_hash, manifest = excluded.manifest");
        upsert.setString(1, manifest.entityUri());
        upsert.setString(2, tenant);
        upsert.setString(3, manifest.keyId());
        upsert.setString(4, manifest.issuedAt());
        upsert.setString(5, manifest.expiresAt());
        upsert.setString(6, manifest.leafHash());
        upsert.setString(7, json);
        upsert.executeUpdate();
        PreparedStatement history = tx.statement("INSERT INTO federation_manifest_history"
                + " (entity_uri, key_id, leaf_hash, manifest, stored_at) VALUES (?,?,?,?,?)");
        history.setString(1, manifest.entityUri());
        history.setString(2, manifest.keyId());
        history.setString(3, manifest.leafHash());
        history.setString(4, json);
        history.setString(5, now);
        history.executeUpdate();
    }

    static void storeRotation(WriteTx tx, KeyRotation rotation) throws SQLException {
        PreparedStatement insert = tx.statement(
                "INSERT INTO key_rotations"
                        + " (new_key_id, old_key_id, kind, entity_uri, rotated_at, dual_trust_expires_at) VALUES (?,?,?,?,?,?)");
        insert.setString(1, rotation.newKeyId());
        insert.setString(2, rotation.oldKeyId());
        insert.setString(3, rotation.kind().wire());
        insert.setString(4, rotation.entityUri());
        insert.setString(5, rotation.rotatedAt());
        insert.setString(6, rotation.dualTrustExpiresAt());
        insert.executeUpdate();
    }

    /** The committed rotation that made this key current. */
    static Optional<KeyRotation> rotationTo(ReadTx tx, String newKeyId) throws SQLException {
        PreparedStatement select = tx.statement("SELECT kind, old_key_id, entity_uri, rotated_at, dual_trust_expires_at"
                + " FROM key_rotations WHERE new_key_id = ?");
        select.setString(1, newKeyId);
        try (ResultSet rows = select.executeQuery()) {
            if (!rows.next()) {
                return Optional.empty();
            }
            KeyKind kind = KeyKind.of(rows.getString(1)).orElseThrow();
            return Optional.of(new KeyRotation(
                    kind, rows.getString(3), rows.getString(2), newKeyId, rows.getString(4), rows.getString(5)));
        }
    }
}
