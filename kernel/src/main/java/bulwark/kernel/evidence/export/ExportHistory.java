package bulwark.kernel.evidence.export;

import bulwark.kernel.evidence.audit.AuditTable;
import java.nio.file.Path;
import java.util.Optional;

/** Remembers the newest export of each table, so that the next one names it. */
public interface ExportHistory {
    /** Hash of the last footer of this table. @throws ExportRefused when it cannot be read */
    Optional<String> lastFooter(AuditTable table);

    /**
     * Durable when it returns. Called before the footer is written: an export that gets lost then shows as a gap, never as nothing.
     *
     * @throws ExportRefused when it cannot be written
     */
    void remember(AuditTable table, ExportFooter footer, Path out);
}
