package bulwark.kernel.evidence.store;

import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.postgresql.PostgresStore;
import bulwark.kernel.postgresql.PostgresTimeouts;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.SchemaStatus;
import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreAtRest;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where an audited store is: a file of one process, or a PostgreSQL database that several share and what this process keeps beside. Immutable. */
public final class StoreLocation {
    private final Path base;
    private final PostgresStore.@Nullable Access access;

    private StoreLocation(Path base, PostgresStore.@Nullable Access access) {
        this.base = base.toAbsolutePath().normalize();
        this.access = access;
    }

    public static StoreLocation file(Path file) {
        return new StoreLocation(file, null);
    }

    /** @param base as {@link AuditedStore#openShared} has it: keys and log of this process lie beside it */
    public static StoreLocation database(Path base, PostgresStore.Access access) {
        return new StoreLocation(base, access);
    }

    /** The store's file; of a database the name beside which the keys and the log of this process lie. Absolute. */
    public Path base() {
        return base;
    }

    /** Whether other processes may write the same store. */
    public boolean isShared() {
        return access != null;
    }

    /**
     * A database is opened as the owner of its schema only where the policy lets the schema be changed.
     *
     * @throws bulwark.kernel.storage.StoreRefused when the store is not what was signed, or its schema not the right one
     */
    public AuditedStore open(AuditedStore.Layout layout, SchemaPolicy policy, Acceptance loss, Clock clock) {
        boolean changing = policy == SchemaPolicy.CREATE_OR_UPGRADE;
        if (access != null) {
            Store database = connect(changing ? access : reading(access), layout.all(), policy);
            return AuditedStore.openShared(database, base, layout, loss, clock);
        }
        return changing
                ? AuditedStore.open(base, layout, loss, clock)
                : AuditedStore.openCurrent(base, layout, loss, clock);
    }

    private static PostgresStore connect(PostgresStore.Access access, Migrations migrations, SchemaPolicy policy) {
        return PostgresStore.open(access, migrations, policy, PostgresTimeouts.DEFAULT);
    }

    private static PostgresStore.Access reading(PostgresStore.Access access) {
        return new PostgresStore.Access(access.user(), null);
    }

    /** What the history of migrations says; nothing is changed. */
    public SchemaStatus schemaStatus(Migrations migrations) {
        return access == null ? SchemaStatus.of(base, migrations) : PostgresStore.schemaStatus(access, migrations);
    }

    /** Whether tables and history are what these migrations make; nothing is changed. @return sentences */
    public List<String> schemaProblems(Migrations migrations) {
        if (access != null) {
            return PostgresStore.schemaProblems(access, migrations);
        }
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(base)) {
            return store.schemaCheck(migrations);
        }
    }

    /** Tables of evidence that the role of the store could alter in its database; a file has no roles, and so none. */
    public List<String> alterableEvidence() {
        return access == null ? List.of() : PostgresStore.alterableEvidence(access);
    }

    /** Looks at everything durable and changes nothing. */
    public Fsck.Report fsck(AuditedStore.Layout layout) {
        if (access != null) {
            try (PostgresStore store = connect(reading(access), layout.all(), SchemaPolicy.REFUSE_UNLESS_CURRENT)) {
                return AuditedStoreFsck.of(store, base, layout).run();
            }
        }
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(base)) {
            return AuditedStoreFsck.of(store, base, layout).run();
        }
    }
}
