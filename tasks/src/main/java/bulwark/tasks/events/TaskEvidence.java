package bulwark.tasks.events;

import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.evidence.audit.AuditColumns;
import bulwark.kernel.evidence.audit.AuditEvent;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.heads.EvidenceScope;
import bulwark.kernel.evidence.heads.LogKeys;
import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.evidence.signer.HeadSigner;
import bulwark.kernel.evidence.signer.StoreOpening;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.AuditedStoreFsck;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.ReadableStore;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.StoreInUse;
import bulwark.kernel.storage.StoreRefused;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evidence of one worker or beat: what it refused and why, hash-chained, in a file of its own, because a file has one writer. Beside the file lie its log, in which the newest row is
 * signed at most ten seconds after it was written, and the folder of its log key. At most a hundred rows a minute for each reason, then a row that counts. Thread-safe;
 * {@link #recordRefusal} blocks for a sync.
 */
public final class TaskEvidence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskEvidence.class);
    private static final String TABLE_NAME = "task_audit_log";
    private static final AuditColumns FORMER_COLUMNS = new AuditColumns(
            "entity_uri", "fact_id", List.of("entity_uri", "oidc_sub", "fact_id", "source", "attested_key_id"));
    private static final AuditTable FORMER_TABLE = AuditTable.of(TABLE_NAME, FORMER_COLUMNS);
    private static final Migrations FORMER_MIGRATION =
            AuditTable.migration("db/tasks/V290__evidence.sql", FORMER_TABLE);
    /** Of a file that no process opened since its columns were renamed. */
    private static final AuditedStore.Layout FORMER = AuditedStore.Layout.ofAudit(FORMER_TABLE, FORMER_MIGRATION);

    private static final AuditedStore.Layout PRESENT = AuditedStore.Layout.ofAudit(
            AuditTable.of(TABLE_NAME).formerly(FORMER_COLUMNS),
            FORMER_MIGRATION.and(new Migrations(List.of("db/tasks/V295__evidence_columns.sql"))));
    private static final int MAX_FILES = 1_000;

    private final AuditedStore audited;

    /**
     * @param headFolder {@code STEM_HEAD_PATH}: folder outside of the state folder for the newest signed heads, or null
     * @param acceptedLoss {@code STEM_ACCEPT_EVIDENCE_LOSS}: the word that a refused start printed, or nothing
     */
    public record Options(@Nullable Path headFolder, String acceptedLoss) {
        public static Options none() {
            return new Options(null, "");
        }
    }

    private TaskEvidence(AuditedStore audited) {
        this.audited = audited;
    }

    /** The layout of a file that is only read: one that no process opens any more keeps the layout that it had. */
    public static AuditedStore.Layout layoutOf(ReadableStore store) {
        return store.read(tx -> {
            PreparedStatement select = tx.statement("SELECT 1 FROM pragma_table_info(?) WHERE name = ?");
            select.setString(1, TABLE_NAME);
            select.setString(2, FORMER_COLUMNS.subject());
            try (ResultSet column = select.executeQuery()) {
                return column.next() ? FORMER : PRESENT;
            }
        });
    }

    private void rotateLogKeyWhenOld(Clock clock) {
        Instant due = audited.heads().keys().current().created().plus(LogKeys.MAX_AGE);
        if (due.isBefore(clock.instant())) {
            try {
                rotateLogKey("");
            } catch (LogUnavailable e) {
                LOG.warn(
                        "The log key of {} is older than a year and was not replaced: {}",
                        store().name(),
                        e.getMessage());
            }
        }
    }

    /**
     * Replaces the key that signs the heads of this evidence. By itself this happens at the first start after a year.
     *
     * @param distrust why the former key is trusted no more, or nothing when it stays trusted for what it signed
     * @throws LogUnavailable when the log beside the evidence cannot be written
     */
    public HeadSigner.RotatedKey rotateLogKey(String distrust) throws LogUnavailable {
        HeadSigner.RotatedKey rotated = audited.heads().rotateKey();
        write(
                TaskAuditEvents.LOG_KEY_ROTATED,
                Map.of(
                        "action",
                        TaskAuditEvents.LOG_KEY_ROTATED.action(),
                        "old_key_id",
                        rotated.oldKeyId(),
                        "new_key_id",
                        rotated.newKeyId()));
        if (!distrust.isEmpty()) {
            audited.heads().distrustKey(rotated.oldKeyId(), distrust);
            write(
                    TaskAuditEvents.LOG_KEY_DISTRUSTED,
                    Map.of(
                            "action",
                            TaskAuditEvents.LOG_KEY_DISTRUSTED.action(),
                            "key_id",
                            rotated.oldKeyId(),
                            "reason",
                            PrintableText.of(distrust)));
        }
        return rotated;
    }

    private void write(AuditEventType type, Map<String, Object> detail) {
        store().write(tx -> log().append(tx, type.event(null, "default", null, null, detail)));
    }

    /** What vouches for the evidence in a file, and where. @param headFolder folder of the second place, or null */
    public static EvidenceScope scope(Path file, @Nullable Path headFolder) {
        return PRESENT.scope(file, secondPlace(file, headFolder));
    }

    private static @Nullable ConfiguredPath secondPlace(Path file, @Nullable Path headFolder) {
        return headFolder == null
                ? null
                : new ConfiguredPath(headFolder.resolve(file.getFileName() + ".head.json"), "STEM_HEAD_PATH");
    }

    /** Adds the checks of the evidence in one file, which a process may have open. @param headFolder folder of the second place, or null */
    public static void addChecks(Fsck fsck, ReadableStore store, Path file, @Nullable Path headFolder) {
        AuditedStoreFsck.add(fsck, store, file, layoutOf(store), secondPlace(file, headFolder));
    }

    /** As {@link #open(Path, Clock, Options)}, without a second place. */
    public static TaskEvidence open(Path folder, Clock clock) {
        return open(folder, clock, Options.none());
    }

    /**
     * Opens the first of {@code evidence-1.db}, {@code evidence-2.db} … that no live process writes.
     *
     * @throws StoreRefused when the folder cannot be used, or the evidence is not what was signed
     */
    public static TaskEvidence open(Path folder, Clock clock, Options options) {
        StoreRefused last = new StoreRefused("no unlocked evidence-N.db in " + folder);
        for (int number = 1; number <= MAX_FILES; number++) {
            try {
                return of(folder.resolve("evidence-" + number + ".db"), clock, options);
            } catch (StoreInUse e) {
                last = e;
            }
        }
        throw last;
    }

    /**
     * Opens the evidence in one file.
     *
     * @throws StoreInUse when a live process writes it
     * @throws StoreRefused when it cannot be used, or is not what was signed
     */
    public static TaskEvidence of(Path file, Clock clock, Options options) {
        AuditedStore audited = AuditedStore.open(
                file,
                PRESENT,
                secondPlace(file, options.headFolder()),
                new StoreOpening.Acceptance("STEM_ACCEPT_EVIDENCE_LOSS", options.acceptedLoss()),
                clock);
        TaskEvidence evidence = new TaskEvidence(audited);
        try {
            evidence.rotateLogKeyWhenOld(clock);
            return evidence;
        } catch (RuntimeException e) {
            evidence.close();
            throw e;
        }
    }

    /** Those that lie in a folder, sorted by name; none when there is no such folder. */
    public static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).matches("evidence-\\d+\\.db"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compares all rows with what vouches for them, as happens every ten minutes by itself; {@link #problem} says what was found. */
    public void rescan() {
        audited.rescan();
    }

    /** Why evidence cannot be written or believed; null when all is well. */
    public @Nullable String problem() {
        return audited.problem();
    }

    /**
     * Something was refused: a signature, a command, a task.
     *
     * @param who the process that refused
     * @param subject id of the task or request, as its sender claims it
     * @param reason stable code
     * @param detail no secrets
     * @return whether it has a row of its own, and is not only counted
     */
    public boolean recordRefusal(
            AuditEventType type,
            String who,
            String namespace,
            String subject,
            String reason,
            Map<String, String> detail) {
        return log().refusal(event(type, who, namespace, subject, reason, detail), reason);
    }

    /** As {@link #recordRefusal} and with the same limit, written within a moment. For what anybody who reaches the broker can cause. */
    public boolean recordRefusalLater(
            AuditEventType type,
            String who,
            String namespace,
            String subject,
            String reason,
            Map<String, String> detail) {
        return log().refusalLater(event(type, who, namespace, subject, reason, detail), reason);
    }

    /** Something was done that somebody may ask about later: a revocation, a shutdown by command. Written within a moment. */
    public void record(
            AuditEventType type,
            String who,
            String namespace,
            String subject,
            String reason,
            Map<String, String> detail) {
        log().appendLater(event(type, who, namespace, subject, reason, detail));
    }

    private static AuditEvent event(
            AuditEventType type,
            String who,
            String namespace,
            String subject,
            String reason,
            Map<String, String> detail) {
        Map<String, String> all = new java.util.TreeMap<>(detail);
        all.put("reason", reason);
        all.replaceAll((name, value) -> PrintableText.of(value));
        return type.event(who, namespace, PrintableText.of(subject), null, all);
    }

    /** For readers of this process. */
    public Store store() {
        return audited.store();
    }

    public AuditLog log() {
        return audited.audit();
    }

    @Override
    public void close() {
        audited.close();
    }
}
