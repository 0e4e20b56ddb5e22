package bulwark.seats.store;

import bulwark.kernel.access.Sessions;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.OperatorError;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.ReadJob;
import bulwark.kernel.storage.SchemaWatch;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.WriteJob;
import bulwark.web.ApiRefusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The one store of a service, opened only when its schema is that of this program. Every method blocks. Thread-safe. */
public final class SeatStore implements AutoCloseable {
    /** Number of the newest script of this program's own. */
    public static final String SCHEMA_VERSION;

    public static final GuardedTable USERS = GuardedTable.of("users", "id");
    public static final GuardedTable SESSIONS = GuardedTable.of("sessions", "id");
    public static final GuardedTable STAKER_KEYS = GuardedTable.of("staker_api_keys", "id");

    private static final List<String> SCRIPTS = List.of(
            "db/seats/V501__seats.sql",
            "db/seats/V502__deposit_data.sql",
            "db/seats/V503__plans.sql",
            "db/seats/V504__vaults.sql",
            "db/seats/V506__evidence.sql",
            "db/seats/V507__sends.sql",
            "db/seats/V508__watch.sql",
            "db/seats/V512__settlements.sql",
            "db/seats/V515__keystores.sql");

    static {
        String newest = SCRIPTS.getLast();
        SCHEMA_VERSION = newest.substring(newest.indexOf("/V") + 2, newest.indexOf("__"));
    }

    public static final String AUDIT_TABLE = "seats_audit_log";

    private static final AuditTable AUDIT = AuditTable.of(AUDIT_TABLE);
    private static final AuditedStore.Layout LAYOUT = new AuditedStore.Layout(
            AUDIT,
            AuditTable.migration("db/seats/V500__seats_audit.sql", AUDIT)
                    .and(Migrations.of(Sessions.MIGRATIONS, SCRIPTS)),
            List.of(USERS, SESSIONS, STAKER_KEYS));

    /** A database reads its catalogue to tell whether the schema changed. */
    private static final Duration CATALOGUE_INTERVAL = Duration.ofSeconds(1);

    private final StoreLocation location;
    private final AuditedStore audited;
    private final SchemaWatch schema;

    private SeatStore(StoreLocation location, AuditedStore audited) {
        this.location = location;
        this.audited = audited;
        this.schema = SchemaWatch.of(audited.store(), location.isShared() ? CATALOGUE_INTERVAL : Duration.ZERO);
    }

    /**
     * @param acceptedLoss value of the setting with which the owner goes on after a loss of evidence
     * @throws SchemaRefused when the schema is not that of this program: nothing was changed
     */
    public static SeatStore open(StoreLocation location, String acceptedLoss, Clock clock) {
        SchemaGate.Verdict verdict = verify(location);
        if (!verdict.allowsStart()) {
            throw new SchemaRefused(verdict);
        }
        return new SeatStore(
                location, location.open(LAYOUT, SchemaPolicy.REFUSE_UNLESS_CURRENT, acceptance(acceptedLoss), clock));
    }

    /** Applies what is pending; creates the store where there is none. @throws SchemaRefused when the history is wrong: nothing was changed */
    public static SchemaGate.Verdict deploy(StoreLocation location, String acceptedLoss, Clock clock) {
        SchemaGate.Verdict before = status(location);
        if (before.exitCode() == SchemaGate.UNUSABLE) {
            throw new SchemaRefused(before);
        }
        if (!before.allowsStart()) {
            try {
                OwnerOnlyFiles.createDirectories(
                        Objects.requireNonNull(location.base().getParent(), "a file"));
            } catch (IOException e) {
                throw new UncheckedIOException("the folder of the store cannot be made: " + e.getMessage(), e);
            }
            location.open(LAYOUT, SchemaPolicy.CREATE_OR_UPGRADE, acceptance(acceptedLoss), clock)
                    .close();
        }
        return verify(location);
    }

    /** What the history of migrations says. */
    public static SchemaGate.Verdict status(StoreLocation location) {
        return SchemaGate.of(location.schemaStatus(LAYOUT.all()));
    }

    /** What the history says, and where it says that all is well, whether the live tables agree. */
    public static SchemaGate.Verdict verify(StoreLocation location) {
        SchemaGate.Verdict status = status(location);
        if (!status.allowsStart()) {
            return status;
        }
        List<String> problems = location.schemaProblems(LAYOUT.all());
        return problems.isEmpty() ? status : SchemaGate.drifted(problems);
    }

    private static Acceptance acceptance(String acceptedLoss) {
        return new Acceptance("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS", acceptedLoss);
    }

    /** Looks at everything durable and changes nothing. */
    public static Fsck.Report fsck(StoreLocation location) {
        return location.fsck(LAYOUT);
    }

    /** The store's file, or the name beside which a database's process keeps its own; absolute. */
    public Path file() {
        return location.base();
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
