package bulwark.kernel.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a store's history of migrations says beside those of this program: found by looking, without a change to the store. The worst that is found decides: a failed migration before an edited one,
 * an edited one before one that this program does not know, that before one that is still to come.
 */
public sealed interface SchemaStatus {
    /** Every migration of this program was applied, and no other. */
    record Current(int migrations) implements SchemaStatus {}

    /** There is no store, or an empty file. */
    record Absent(List<String> scripts) implements SchemaStatus {}

    /** These are still to be applied. */
    record Pending(List<String> scripts) implements SchemaStatus {}

    /** These were begun and did not end. */
    record Interrupted(List<String> scripts) implements SchemaStatus {}

    /** These were applied with another text than this program has. */
    record Edited(List<String> scripts) implements SchemaStatus {}

    /** These were applied by a newer program. */
    record Newer(List<String> scripts) implements SchemaStatus {}

    /**
     * Of the store in this file, in use or not.
     *
     * @throws StoreRefused when the file is not a store of this program, or cannot be read
     */
    static SchemaStatus of(Path file, Migrations migrations) {
        try {
            Map<String, Integer> sums = InitialSchema.checksums(migrations);
            if (!Files.exists(file) || Files.size(file) == 0) {
                return new Absent(List.copyOf(sums.keySet()));
            }
            try (StoreAtRest store = StoreAtRest.openAlsoInUse(file)) {
                return store.read(tx -> of(tx, sums));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SchemaStatus of(ReadTx tx, Map<String, Integer> sums) throws SQLException {
        Map<String, Integer> pending = new LinkedHashMap<>(sums);
        List<String> interrupted = new ArrayList<>();
        List<String> edited = new ArrayList<>();
        List<String> newer = new ArrayList<>();
        try (ResultSet rows = tx.statement("SELECT script, checksum, success FROM flyway_schema_history"
                        + " WHERE version IS NOT NULL ORDER BY installed_rank")
                .executeQuery()) {
            while (rows.next()) {
                String script = rows.getString(1);
                int sum = rows.getInt(2);
                Integer own = pending.remove(script);
                if (!rows.getBoolean(3)) {
                    interrupted.add(script);
                } else if (own == null) {
                    newer.add(script);
                } else if (own != sum) {
                    edited.add(script);
                }
            }
        }
        if (!interrupted.isEmpty()) {
            return new Interrupted(interrupted);
        }
        if (!edited.isEmpty()) {
            return new Edited(edited);
        }
        if (!newer.isEmpty()) {
            return new Newer(newer);
        }
        return pending.isEmpty() ? new Current(sums.size()) : new Pending(List.copyOf(pending.keySet()));
    }
}
