package bulwark.tasks.embedded;

import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.storage.ReadableStore;
import java.nio.file.Path;

/** The checks of an embedded task store. They only read. */
public final class EmbeddedFsck {
    private EmbeddedFsck() {}

    public static void add(Fsck fsck, Path file, ReadableStore store) {
        fsck.check("the task store " + file, store::integrityCheck)
                .check("tables, triggers and migrations of " + file, () -> store.schemaCheck(TasksSchema.MIGRATIONS))
                .check(
                        "queues, dead letters, results, groups and schedules of " + file,
                        () -> StoreRules.problems(store));
    }
}
