package bulwark.app.rotate;

import bulwark.app.up.PartDeclaration;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.Setting.Kind;
import bulwark.kernel.config.SettingRules;
import bulwark.kernel.config.SettingsTable;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.rotation.RotationAudit;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.kernel.storage.WriteTx;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One audit row for each state of each rotation, in a store of its own whose heads are signed. The process that has it open is the only one that rotates. */
final class RotationEvidence implements RotationAudit, AutoCloseable {
    private static final String LOSS = "BULWARK_ROTATION_ACCEPT_EVIDENCE_LOSS";
    private static final String TENANT = "default";
    private static final String OWNER = "local:owner";
    private static final AuditTable AUDIT = AuditTable.of("rotation_audit_log");
    static final AuditedStore.Layout LAYOUT =
            AuditedStore.Layout.ofAudit(AUDIT, AuditTable.migration("db/rotation/V600__rotation_audit.sql", AUDIT));
    private static final AuditEventType ENTERED = AuditEventType.of(
            "rotation_state",
            "a rotation of a key entered a state, whose effect is complete",
            "kind",
            "state",
            "names",
            "retire_at");

    private static final Configuration.Schema SCHEMA = new SettingsTable("BULWARK_ROTATION_")
            .add(
                    "ACCEPT_EVIDENCE_LOSS",
                    Kind.TEXT,
                    "",
                    "for one command: the word that a refused one printed, to go on although evidence is lost")
            .schema(SettingRules.NONE);

    static final PartDeclaration DECLARATION = new PartDeclaration(
            "Rotation",
            SCHEMA,
            "./bulwark rotate",
            List.of(),
            "A rotation",
            List.of(ENTERED, AuditedStore.LOSS_ACCEPTED),
            "In `rotation_audit_log` of `rotation/rotation.db` in the state folder.");

    private final AuditedStore audited;

    private RotationEvidence(AuditedStore audited) {
        this.audited = audited;
    }

    /** @throws bulwark.kernel.storage.StoreRefused while another rotation runs, or when the store is not what was signed */
    static RotationEvidence open(Path folder, Map<String, String> environment, Clock clock) {
        Configuration settings = Configuration.readLenient(SCHEMA, environment, folder);
        return new RotationEvidence(
                AuditedStore.open(file(folder), LAYOUT, new Acceptance(LOSS, settings.text(LOSS)), clock));
    }

    static Path file(Path folder) {
        return folder.resolve("rotation.db");
    }

    @Override
    public void record(RotationRecord rotation) {
        String subject = rotation.id() + ":" + rotation.state().word();
        Map<String, @Nullable Object> detail = new LinkedHashMap<>();
        detail.put("kind", rotation.kind());
        detail.put("state", rotation.state().word());
        detail.put("names", rotation.names());
        Instant retireAt = rotation.retireAt();
        if (retireAt != null) {
            detail.put("retire_at", retireAt.toString());
        }
        audited.store().write(tx -> {
            if (!isRecorded(tx, subject)) {
                audited.audit().append(tx, ENTERED.event(OWNER, TENANT, subject, null, detail));
            }
            return subject;
        });
    }

    private static boolean isRecorded(WriteTx tx, String subject) throws SQLException {
        PreparedStatement query = tx.statement("SELECT 1 FROM rotation_audit_log WHERE subject = ?");
        query.setString(1, subject);
        try (ResultSet row = query.executeQuery()) {
            return row.next();
        }
    }

    @Override
    public void close() {
        audited.close();
    }
}
