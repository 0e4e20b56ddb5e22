package bulwark.gateway.control.state;

import bulwark.gateway.control.state.TenantReader.RowVouching;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditRow;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.GuardedRows;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The one store of a control plane. Objects are reached through a {@link TenantScope} alone. Every method blocks. Thread-safe. */
public final class ControlStore implements AutoCloseable {
    static final GuardedTable OBJECTS = GuardedTable.of("control_objects", "tenant_id", "kind", "id");

    /** The audit log's table. */
    public static final String AUDIT_TABLE = "control_audit_log";

    private static final AuditTable AUDIT = AuditTable.of(AUDIT_TABLE);
    private static final AuditedStore.Layout LAYOUT = new AuditedStore.Layout(
            AUDIT,
            AuditTable.migration("db/gateway/V400__control_audit.sql", AUDIT)
                    .and(new Migrations(List.of("db/gateway/V401__control.sql", "db/gateway/V402__webhooks.sql"))),
            List.of(OBJECTS));

    /** What gateways see: a change of one of these makes a new snapshot. */
    public static final Set<ObjectKind> PUBLISHED = Set.of(
            ObjectKind.TENANT,
            ObjectKind.API,
            ObjectKind.PLAN,
            ObjectKind.CONSUMER,
            ObjectKind.APPLICATION,
            ObjectKind.SUBSCRIPTION,
            ObjectKind.REVOCATION,
            ObjectKind.AUTHORITY,
            ObjectKind.CERTIFICATE,
            ObjectKind.CONSUMER_CERTIFICATE,
            ObjectKind.POLICY,
            ObjectKind.POLICY_BINDING);

    private static final Set<ObjectKind> SEEN_BY_GATEWAYS = Set.of(ObjectKind.GENERATION, ObjectKind.GATEWAY);

    private final AuditedStore audited;
    private final Clock clock;
    private final RowVouching vouching;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<PublishedChange>> publications = new CopyOnWriteArrayList<>();
    private final List<ChangeListener> outboxes = new CopyOnWriteArrayList<>();

    private ControlStore(AuditedStore audited, Clock clock) {
        this.audited = audited;
        this.clock = clock;
        this.vouching = new LogVouching(audited.audit().guardedRows());
    }

    /** By what the audit log says. */
    private record LogVouching(GuardedRows evidence) implements RowVouching {
        @Override
        public boolean vouches(ReadTx tx, ControlObject object) throws SQLException {
            return evidence.vouchesFor(tx, OBJECTS, ObjectRows.key(object).toArray(String[]::new));
        }

        @Override
        public Set<List<String>> vouched(ReadTx tx, ObjectKind kind, @Nullable String tenant) throws SQLException {
            SortedMap<String, String> partOfKey = new TreeMap<>(Map.of("kind", kind.word()));
            if (tenant != null) {
                partOfKey.put("tenant_id", tenant);
            }
            return evidence.vouched(tx, OBJECTS, partOfKey);
        }
    }

    /**
     * Creates what is missing.
     *
     * @param acceptedLoss value of the setting with which the owner goes on after a loss of evidence
     * @throws bulwark.kernel.storage.StoreRefused when the store is not what was signed, or a process has it open
     */
    public static ControlStore open(ControlDatabase database, String acceptedLoss, Clock clock) {
        Acceptance acceptance = new Acceptance("STOA_ACCEPT_EVIDENCE_LOSS", acceptedLoss);
        return new ControlStore(database.open(LAYOUT, acceptance, clock), clock);
    }

    /** Looks at everything durable and changes nothing. */
    public static Fsck.Report fsck(ControlDatabase database) {
        return database.fsck(LAYOUT);
    }

    /** Reads in a transaction. */
    @FunctionalInterface
    public interface ReadWork<T extends @Nullable Object> {
        T run(TenantReader reader) throws SQLException;
    }

    /** Reads in a transaction over all tenants. */
    @FunctionalInterface
    public interface PlatformWork<T extends @Nullable Object> {
        T run(EveryTenant reader) throws SQLException;
    }

    /** Changes in a transaction: checks first and writes after, and may run more than once. */
    @FunctionalInterface
    public interface ChangeWork<T extends @Nullable Object> {
        T run(TenantChange change) throws SQLException;
    }

    public <T extends @Nullable Object> T read(TenantScope scope, ReadWork<T> work) {
        return audited.store().read(tx -> work.run(new TenantReader(tx, scope, vouching)));
    }

    public <T extends @Nullable Object> T readAll(PlatformScope platform, PlatformWork<T> work) {
        return audited.store().read(tx -> work.run(new EveryTenant(tx, vouching)));
    }

    /** Returns when the change and its audit row are durable. Nothing is written and audited when the work changes nothing. */
    public <T extends @Nullable Object> T change(
            TenantScope scope, ControlActor actor, AuditEventType type, ChangeWork<T> work) {
        return audited.store().write(tx -> {
            TenantChange change = new TenantChange(tx, scope, vouching, clock.instant());
            T result = work.run(change);
            if (change.hasChanged()) {
                if (change.concerns(PUBLISHED)) {
                    change.note("generation", change.nextGeneration());
                }
                AuditRow row = change.audit(audited.audit().guardedRows(), type, actor);
                for (ChangeListener outbox : outboxes) {
                    outbox.changed(tx, change, row);
                }
                change.published(PUBLISHED)
                        .ifPresent(published ->
                                tx.afterCommit(() -> publications.forEach(listener -> listener.accept(published))));
                if (change.concerns(SEEN_BY_GATEWAYS)) {
                    tx.afterCommit(() -> listeners.forEach(Runnable::run));
                }
            }
            return result;
        });
    }

    /** The object that a credential belongs to, in whichever tenant. @param lookup SHA-256 of the credential, hex */
    public Optional<ControlObject> ofCredential(String lookup) {
        return audited.store().read(tx -> {
            Optional<ControlObject> found = ObjectRows.ofCredential(tx, lookup);
            return found.isPresent() && vouching.vouches(tx, found.get()) ? found : Optional.empty();
        });
    }

    /** The scope of the tenant that the owner of a credential belongs to. */
    public TenantScope scopeOf(ControlObject credential) {
        return TenantScope.ofCredential(credential);
    }

    /** Called after each commit that changes what gateways see, and within a second after one of another process; on a thread of the store, so short. */
    public void onPublishedChange(Runnable listener) {
        listeners.add(listener);
        audited.store().onOthersCommit(listener);
    }

    /**
     * As {@link #onPublishedChange}, and before it, with what was changed.
     *
     * @param listener of each change of this process, in their order
     * @param others called when another process changed something
     */
    public void onPublished(Consumer<PublishedChange> listener, Runnable others) {
        publications.add(listener);
        audited.store().onOthersCommit(others);
    }

    /** Writes what follows from a change. */
    @FunctionalInterface
    public interface ChangeListener {
        /**
         * @param reader of the tenant that was changed
         * @param row that the change left in the audit log
         */
        void changed(WriteTx tx, TenantReader reader, AuditRow row) throws SQLException;
    }

    /** Called in the transaction of each change, after its audit row; it may run more than once. */
    public void onChange(ChangeListener outbox) {
        outboxes.add(outbox);
    }

    /** Reads rows of the audit log of one tenant. */
    public <T extends @Nullable Object> T readAudit(TenantScope scope, AuditWork<T> work) {
        return audited.store().read(tx -> work.run(tx, scope.tenant()));
    }

    /** Reads the audit log; its every statement names the tenant. */
    @FunctionalInterface
    public interface AuditWork<T extends @Nullable Object> {
        T run(ReadTx tx, String tenant) throws SQLException;
    }

    public AuditedStore audited() {
        return audited;
    }

    public Clock clock() {
        return clock;
    }

    @Override
    public void close() {
        audited.close();
    }
}
