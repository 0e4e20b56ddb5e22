package bulwark.tasks.worker;

import bulwark.kernel.evidence.AuditEvent;
import bulwark.kernel.evidence.AuditLog;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreInUse;
import bulwark.kernel.storage.StoreRefused;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/**
 * Evidence of one worker or beat: what it refused and why, hash-chained, in a file of its own, because a file has one writer. At most a hundred rows a minute for each reason, then
 * a row that counts. Thread-safe; {@link #refused} blocks for a sync.
 */
public final class TaskEvidence implements AutoCloseable {
    public static final Migrations MIGRATIONS = new Migrations(List.of("db/tasks/V290__evidence.sql"));
    public static final String TABLE = "task_audit_log";
    private static final int MOST_FILES = 1_000;

    private final Store store;
    private final AuditLog log;

    private TaskEvidence(Store store, Clock clock) {
        this.store = store;
        this.log = AuditLog.open(store, TABLE, clock);
    }

    /**
     * Opens the first of {@code evidence-1.db}, {@code evidence-2.db} … that no live process writes.
     *
     * @throws StoreRefused when the folder cannot be used
     */
    public static TaskEvidence open(Path folder, Clock clock) {
        StoreRefused last = new StoreRefused("no unlocked evidence-N.db in " + folder);
        for (int number = 1; number <= MOST_FILES; number++) {
            Path file = folder.resolve("evidence-" + number + ".db");
            try {
                return new TaskEvidence(Store.open(file, MIGRATIONS, Store.SchemaPolicy.CREATE_OR_UPGRADE), clock);
            } catch (StoreInUse e) {
                last = e;
            }
        }
        throw last;
    }

    /**
     * Something was refused: a signature, a command, a task.
     *
     * @param who the process that refused
     * @param subject id of the task or request, as its sender claims it
     * @param reason stable code
     * @param detail no secrets
     */
    public void refused(
            String type, String who, String namespace, String subject, String reason, Map<String, String> detail) {
        log.refusal(event(type, who, namespace, subject, reason, detail), reason);
    }

    /** Something was done that somebody may ask about later: a revocation, a shutdown by command. Written within a moment. */
    public void noted(
            String type, String who, String namespace, String subject, String reason, Map<String, String> detail) {
        log.appendLater(event(type, who, namespace, subject, reason, detail));
    }

    private static AuditEvent event(
            String type, String who, String namespace, String subject, String reason, Map<String, String> detail) {
        Map<String, String> all = new java.util.TreeMap<>(detail);
        all.put("reason", reason);
        all.replaceAll((name, value) -> Shown.of(value));
        return new AuditEvent(type, who, namespace, Shown.of(subject), null, all);
    }

    /** For readers of this process. */
    public Store store() {
        return store;
    }

    public AuditLog log() {
        return log;
    }

    @Override
    public void close() {
        log.close();
        store.close();
    }
}
