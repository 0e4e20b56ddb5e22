package bulwark.tasks.embedded;

import bulwark.kernel.storage.Migrations;
import java.util.List;

/** Every migration of an embedded store. The first three made tables of the kernel that no task store uses; V220 takes them away again. */
final class TasksSchema {
    static final Migrations MIGRATIONS = new Migrations(List.of(
            "db/kernel/V001__outbox.sql",
            "db/kernel/V002__api_keys.sql",
            "db/kernel/V003__quota_buckets.sql",
            "db/tasks/V200__tasks.sql",
            "db/tasks/V210__holder_deaths.sql",
            "db/tasks/V220__no_kernel_tables.sql",
            "db/tasks/V230__backlogs.sql"));

    private TasksSchema() {}
}
