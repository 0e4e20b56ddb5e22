package bulwark.kernel.evidence.audit;

import bulwark.kernel.storage.Migrations;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A hash-chained table of {@link AuditRow}s: its name and the names of its columns. A part declares each of its tables once, puts {@link
 * #migration} among its migrations and hands the table to {@link AuditLog}. Immutable.
 */
public final class AuditTable {
    private static final Pattern NAME = Pattern.compile("[a-z_]{1,60}");

    private final String name;
    private final AuditColumns columns;
    private final List<AuditColumns> former;
    private final AuditRowJson json;

    private AuditTable(String name, AuditColumns columns, List<AuditColumns> former) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a table name: " + name);
        }
        this.name = name;
        this.columns = columns;
        this.former = List.copyOf(former);
        this.json = new AuditRowJson(columns);
    }

    /** @param name for instance {@code seat_audit_log} */
    public static AuditTable of(String name) {
        return of(name, AuditColumns.NEUTRAL);
    }

    /** For a format that was there before and names its columns otherwise. */
    public static AuditTable of(String name, AuditColumns columns) {
        return new AuditTable(name, columns, List.of());
    }

    /**
     * The same table, of which a migration renamed columns: rows from before it keep the hash that they were written with, over the
     * former names. No such row may follow one that was hashed under the present names.
     *
     * @param former the names before, newer than those given before
     */
    public AuditTable formerly(AuditColumns former) {
        if (!former.unused().containsAll(columns.unused())) {
            throw new IllegalArgumentException("a column of " + name + " that stays null is new");
        }
        List<AuditColumns> all = new ArrayList<>(this.former);
        all.add(former);
        return new AuditTable(name, columns, all);
    }

    public String name() {
        return name;
    }

    AuditColumns columns() {
        return columns;
    }

    AuditRowJson json() {
        return json;
    }

    /** The names that rows were hashed under, oldest first. */
    List<AuditColumns> hashed() {
        return Stream.concat(former.stream(), Stream.of(columns)).toList();
    }

    /** Reads the rows as their hashes cover them, for one walk. */
    public HashedRowReader reader() {
        return new HashedRowReader(this);
    }

    /**
     * The script that makes these tables, with their indexes and with triggers that let nothing but an append through.
     *
     * @param resource name of the script in the store's history, for instance {@code db/seats/V400__audit.sql}; there is no such file
     */
    public static Migrations migration(String resource, AuditTable... tables) {
        String script = Stream.of(tables).map(AuditTable::script).collect(Collectors.joining("\n"));
        String postgresql = Stream.of(tables).map(AuditTable::postgresqlScript).collect(Collectors.joining("\n"));
        return Migrations.generated(
                resource,
                "-- Audit rows, each bound to the one before: row_hash = SHA-256 over the canonical JSON of all other columns.\n"
                        + script,
                postgresql);
    }

    /** Stores remember its checksum: it changes for no table that there is. */
    private String script() {
        String actorIndex = columns.actor().replaceFirst("_uri$", "");
        return """
                CREATE TABLE $table (
                    seq             INTEGER PRIMARY KEY,
                    id              TEXT NOT NULL,
                    event_type      TEXT NOT NULL,
                $described    ts              TEXT NOT NULL,
                    tenant_id       TEXT NOT NULL,
                    detail          TEXT NOT NULL,
                    prev_hash       TEXT,
                    row_hash        TEXT NOT NULL
                ) STRICT;
                CREATE INDEX $table_type ON $table (tenant_id, event_type);
                CREATE INDEX $table_$index ON $table (tenant_id, $actor);
                CREATE INDEX $table_ts ON $table (tenant_id, ts);
                CREATE TRIGGER $table_no_update BEFORE UPDATE ON $table BEGIN
                    SELECT RAISE(ABORT, '$table is append-only');
                END;
                CREATE TRIGGER $table_no_delete BEFORE DELETE ON $table BEGIN
                    SELECT RAISE(ABORT, '$table is append-only');
                END;
                -- Also stops INSERT OR REPLACE, which deletes without firing the trigger above.
                CREATE TRIGGER $table_in_order BEFORE INSERT ON $table
                    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM $table) BEGIN
                    SELECT RAISE(ABORT, '$table grows at its end only');
                END;
                """.replace("$described", described(""))
                .replace("$index", actorIndex)
                .replace("$actor", columns.actor())
                .replace("$table", name);
    }

    /** The same for a store of several processes; {@code TRUNCATE} is refused too. */
    private String postgresqlScript() {
        return """
                CREATE TABLE $table (
                    seq             BIGINT PRIMARY KEY,
                    id              TEXT COLLATE "C" NOT NULL,
                    event_type      TEXT COLLATE "C" NOT NULL,
                $described    ts              TEXT COLLATE "C" NOT NULL,
                    tenant_id       TEXT COLLATE "C" NOT NULL,
                    detail          TEXT COLLATE "C" NOT NULL,
                    prev_hash       TEXT COLLATE "C",
                    row_hash        TEXT COLLATE "C" NOT NULL
                );
                CREATE INDEX $table_type ON $table (tenant_id, event_type);
                CREATE INDEX $table_$index ON $table (tenant_id, $actor);
                CREATE INDEX $table_ts ON $table (tenant_id, ts);
                CREATE TRIGGER $table_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON $table
                    FOR EACH STATEMENT EXECUTE FUNCTION $schema.refuse_change();
                CREATE TRIGGER $table_in_order BEFORE INSERT ON $table
                    FOR EACH ROW EXECUTE FUNCTION $schema.refuse_gap();
                """.replace("$described", described(" COLLATE \"C\""))
                .replace("$index", columns.actor().replaceFirst("_uri$", ""))
                .replace("$actor", columns.actor())
                .replace("$table", name);
    }

    private String described(String collation) {
        return columns.described().stream()
                .map(column -> String.format("    %-15s TEXT%s,\n", column, collation))
                .collect(Collectors.joining());
    }

    @Override
    public String toString() {
        return name;
    }
}
