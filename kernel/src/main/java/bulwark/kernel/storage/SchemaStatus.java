package bulwark.kernel.storage;

import bulwark.kernel.storage.Migrations.Script;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a store's history of migrations says beside those of this program: found by looking, without a change to the store. The worst that is found decides: a failed migration before an edited one,
 * an edited one before one that this program does not know, that before one out of order, and that before one that is still to come.
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

    /** These were applied after a later one, twice, or are missing behind one. */
    record OutOfOrder(List<String> scripts) implements SchemaStatus {}

    /**
     * Of the store in this file, in use or not.
     *
     * @throws StoreRefused when the file is not a store of this program, or cannot be read
     */
    static SchemaStatus of(Path file, Migrations migrations) {
        try {
            if (!Files.exists(file) || Files.size(file) == 0) {
                return new Absent(migrations.inOrder());
            }
            try (StoreAtRest store = StoreAtRest.openAlsoInUse(file)) {
                return of(store.read(SchemaCheck::history), migrations);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param applied in the order in which the store had them */
    static SchemaStatus of(List<AppliedMigration> applied, Migrations migrations) {
        Map<String, Script> pending = new LinkedHashMap<>();
        migrations.scripts().forEach(script -> pending.put(script.resource(), script));
        Set<String> known = Set.copyOf(pending.keySet());
        Map<String, Long> newest = new HashMap<>();
        List<String> interrupted = new ArrayList<>();
        List<String> edited = new ArrayList<>();
        List<String> newer = new ArrayList<>();
        List<String> misplaced = new ArrayList<>();
        for (AppliedMigration each : applied) {
            Script own = pending.remove(each.script());
            if (!each.success()) {
                interrupted.add(each.script());
            } else if (own == null) {
                (known.contains(each.script()) ? misplaced : newer).add(each.script());
            } else if (own.checksum() != each.checksum()) {
                edited.add(each.script());
            } else if (newest.merge(own.folder(), own.number(), Math::max) > own.number()) {
                misplaced.add(each.script());
            }
        }
        pending.values().stream()
                .filter(script -> newest.getOrDefault(script.folder(), -1L) > script.number())
                .map(Script::resource)
                .forEach(misplaced::add);
        if (!interrupted.isEmpty()) {
            return new Interrupted(interrupted);
        }
        if (!edited.isEmpty()) {
            return new Edited(edited);
        }
        if (!newer.isEmpty()) {
            return new Newer(newer);
        }
        if (!misplaced.isEmpty()) {
            return new OutOfOrder(misplaced);
        }
        return pending.isEmpty() ? new Current(applied.size()) : new Pending(List.copyOf(pending.keySet()));
    }
}
