package bulwark.seats.store;

import bulwark.kernel.access.Sessions;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.AuditedStoreFsck;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.ReadJob;
import bulwark.kernel.storage.SchemaStatus;
import bulwark.kernel.storage.SchemaWatch;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.kernel.storage.WriteJob;
import bulwark.web.ApiRefusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one store of a service, opened only when its schema is that of this program. Every method blocks. Thread-safe. */
public final class SeatStore implements AutoCloseable {
    /** Number of the newest script of this program's own. */
    public static final String SCHEMA_VERSION = "501";

    public static final GuardedTable USERS = GuardedTable.of("users", "id");
    public static final GuardedTable SESSIONS = GuardedTable.of("sessions", "id");
    public static final GuardedTable STAKER_KEYS = GuardedTable.of("staker_api_keys", "id");

    private static final AuditTable AUDIT = AuditTable.of("seats_audit_log");
    private static final AuditedStore.Layout LAYOUT = new AuditedStore.Layout(
            AUDIT,
            AuditTable.migration("db/seats/V500__seats_audit.sql", AUDIT)
                    .and(Migrations.of(Sessions.MIGRATIONS, List.of("db/seats/V501__seats.sql"))),
            List.of(USERS, SESSIONS, STAKER_KEYS));

    private final Path file;
    private final AuditedStore audited;
    private final SchemaWatch schema;

    private SeatStore(Path file, AuditedStore audited) {
        this.file = file;
        this.audited = audited;
        this.schema = SchemaWatch.of(audited.store());
    }

    /**
     * @param acceptedLoss value of the setting with which the owner goes on after a loss of evidence
     * @throws SchemaRefused when the schema is not that of this program: nothing was changed
     */
    public static SeatStore open(Path file, String acceptedLoss, Clock clock) {
        SchemaGate.Verdict verdict = verify(file);
        if (!verdict.allowsStart()) {
            throw new SchemaRefused(verdict);
        }
        return new SeatStore(file, AuditedStore.openCurrent(file, LAYOUT, acceptance(acceptedLoss), clock));
    }

    /** Applies what is pending; creates the store where there is none. @throws SchemaRefused when the history is wrong: nothing was changed */
    public static SchemaGate.Verdict deploy(Path file, String acceptedLoss, Clock clock) {
        SchemaGate.Verdict before = status(file);
        if (before.exitCode() == SchemaGate.UNUSABLE) {
            throw new SchemaRefused(before);
        }
        if (!before.allowsStart()) {
            try {
                OwnerOnlyFiles.createDirectories(
                        Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file"));
            } catch (IOException e) {
                throw new UncheckedIOException("the folder of the store cannot be made: " + e.getMessage(), e);
            }
            AuditedStore.open(file, LAYOUT, acceptance(acceptedLoss), clock).close();
        }
        return verify(file);
    }

    /** What the history of migrations says. */
    public static SchemaGate.Verdict status(Path file) {
        return SchemaGate.of(SchemaStatus.of(file, LAYOUT.all()));
    }

    /** What the history says, and where it says that all is well, whether the live tables agree. */
    public static SchemaGate.Verdict verify(Path file) {
        SchemaGate.Verdict status = status(file);
        if (!status.allowsStart()) {
            return status;
        }
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(file)) {
            List<String> problems = store.schemaCheck(LAYOUT.all());
            return problems.isEmpty() ? status : SchemaGate.drifted(problems);
        }
    }

    private static Acceptance acceptance(String acceptedLoss) {
        return new Acceptance("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS", acceptedLoss);
    }

    /** Looks at everything durable and changes nothing. */
    public static Fsck.Report fsck(Path file) {
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(file)) {
            return AuditedStoreFsck.of(store, file, LAYOUT).run();
        }
    }

    /** The store's file, absolute. */
    public Path file() {
        return file;
    }

    public AuditedStore audited() {
        return audited;
    }

    public <T extends @Nullable Object> T read(ReadJob<T> job) {
        return audited.store().read(job);
    }

    /** As {@link bulwark.kernel.storage.Store#write}. @throws ApiRefusal 503 when the schema changed since the start: nothing is written */
    public <T extends @Nullable Object> T write(WriteJob<T> job) {
        return audited.store().write(tx -> {
            if (schema.hasChanged(tx)) {
                throw new ApiRefusal(
                        ApiRefusal.Kind.UNAVAILABLE,
                        "schema_not_current",
                        "The schema of the store was changed while this process runs: restart it after seat-manager"
                                + " migrate verify.");
            }
            return job.run(tx);
        });
    }

    /** Why nothing should be written, or null. */
    public @Nullable String problem() {
        if (audited.store().<Boolean>read(schema::hasChanged)) {
            return "the schema of the store was changed while this process runs";
        }
        return audited.problem();
    }

    @Override
    public void close() {
        audited.close();
    }

    /** The schema of the store is not that of this program. */
    public static final class SchemaRefused extends OperatorError {
        private final SchemaGate.Verdict verdict;

        SchemaRefused(SchemaGate.Verdict verdict) {
            super(ExitCode.FAILED, verdict.sentence());
            this.verdict = verdict;
        }

        public SchemaGate.Verdict verdict() {
            return verdict;
        }
    }
}
