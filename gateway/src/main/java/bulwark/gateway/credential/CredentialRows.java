package bulwark.gateway.credential;

import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.JsonFields;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.SecretSeal;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.ReadTx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * The table {@code backend_credentials}. Secrets in it are encrypted with the key in {@code credential.key} of the state folder, which is for its owner alone. A row that the audit log does not
 * vouch for is not used. Every method blocks; call on a virtual thread. Thread-safe.
 */
final class CredentialRows {
    static final AuditEventType SET = AuditEventType.of(
            "backend_credential_set",
            "a credential of the gateway towards a backend was stored",
            "route_id",
            "consumer_id",
            "auth_type");
    static final AuditEventType REMOVED = AuditEventType.of(
            "backend_credential_removed",
            "a credential of the gateway towards a backend was deleted",
            "route_id",
            "consumer_id");

    private static final Logger LOG = LoggerFactory.getLogger(CredentialRows.class);
    private static final String TENANT = "default";

    private final AuditedStore store;
    private final SecretSeal seal;

    private CredentialRows(AuditedStore store, SecretSeal seal) {
        this.store = store;
        this.seal = seal;
    }

    /** @throws bulwark.kernel.process.FileRefused when others can read the key */
    static CredentialRows open(AuditedStore store, Path stateFolder, Signing signing) {
        return new CredentialRows(store, new SecretSeal(CredentialKey.read(stateFolder, signing), signing));
    }

    private static String purpose(String route, String consumer) {
        return "backend credential\n" + route + "\n" + consumer;
    }

    List<BackendCredential> load() {
        return store.store().read(this::load);
    }

    private List<BackendCredential> load(ReadTx tx) throws SQLException {
        List<BackendCredential> all = new ArrayList<>();
        try (ResultSet row = tx.statement("SELECT route_id, consumer_id, document, sealed FROM backend_credentials")
                .executeQuery()) {
            while (row.next()) {
                read(tx, row.getString(1), row.getString(2), row.getString(3), row.getString(4))
                        .ifPresent(all::add);
            }
        }
        return all;
    }

    private Optional<BackendCredential> read(ReadTx tx, String route, String consumer, String document, String sealed)
            throws SQLException {
        if (!store.audit().guardedRows().vouchesFor(tx, GatewayStore.BACKEND_CREDENTIALS, route, consumer)) {
            LOG.error(
                    "The stored credential of route {} is not what gateway_audit_log says and is not used; store it again.",
                    route);
            return Optional.empty();
        }
        JsonNode stored = StrictJson.parse(document.getBytes(StandardCharsets.UTF_8));
        String reference = CredentialJson.reference(stored);
        if (reference != null) {
            return Optional.of(
                    CredentialJson.restored(route, consumer, stored, new CredentialSecret.Reference(reference)));
        }
        Optional<SecretBytes> secret =
                Base64Url.bytes(sealed).flatMap(bytes -> seal.open(bytes, purpose(route, consumer)));
        if (secret.isEmpty()) {
            LOG.error(
                    "The stored credential of route {} was not encrypted with credential.key and is not used; store it again.",
                    route);
        }
        return secret.map(
                opened -> CredentialJson.restored(route, consumer, stored, new CredentialSecret.Held(opened)));
    }

    private String sealed(BackendCredential credential) {
        return switch (credential.secret()) {
            case CredentialSecret.Held held ->
                Base64Url.text(seal.seal(held.secret(), purpose(credential.routeId(), credential.consumerId())));
            case CredentialSecret.Reference _ -> "";
        };
    }

    /** Returns whether there was one before. */
    boolean put(BackendCredential credential, String actor, Runnable afterCommit) {
        String route = credential.routeId();
        String consumer = credential.consumerId();
        String sealed = sealed(credential);
        return store.store().write(tx -> {
            PreparedStatement known =
                    tx.statement("SELECT 1 FROM backend_credentials WHERE route_id = ? AND consumer_id = ?");
            known.setString(1, route);
            known.setString(2, consumer);
            boolean before;
            try (ResultSet row = known.executeQuery()) {
                before = row.next();
            }
            PreparedStatement put = tx.statement(
                    "INSERT INTO backend_credentials (route_id, consumer_id, document, sealed) VALUES (?, ?, ?, ?)"
                            + " ON CONFLICT (route_id, consumer_id) DO UPDATE SET document = excluded.document, sealed = excluded.sealed");
            put.setString(1, route);
            put.setString(2, consumer);
            put.setString(3, StrictJson.text(CredentialJson.stored(credential)));
            put.setString(4, sealed);
            put.executeUpdate();
            Map<String, Object> detail =
                    Map.of("route_id", route, "consumer_id", consumer, "auth_type", JsonFields.word(credential.type()));
            store.audit()
                    .guardedRows()
                    .append(
                            tx,
                            SET.event(actor, TENANT, route, null, detail),
                            GatewayStore.BACKEND_CREDENTIALS,
                            route,
                            consumer);
            tx.afterCommit(afterCommit);
            return before;
        });
    }

    /** False when there is none. */
    boolean remove(String route, String consumer, String actor, Runnable afterCommit) {
        return store.store().write(tx -> {
            PreparedStatement delete =
                    tx.statement("DELETE FROM backend_credentials WHERE route_id = ? AND consumer_id = ?");
            delete.setString(1, route);
            delete.setString(2, consumer);
            if (delete.executeUpdate() == 0) {
                return false;
            }
            store.audit()
                    .guardedRows()
                    .append(
                            tx,
                            REMOVED.event(
                                    actor, TENANT, route, null, Map.of("route_id", route, "consumer_id", consumer)),
                            GatewayStore.BACKEND_CREDENTIALS,
                            route,
                            consumer);
            tx.afterCommit(afterCommit);
            return true;
        });
    }
}
