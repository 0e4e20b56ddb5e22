package bulwark.kernel.evidence.audit;

import bulwark.kernel.postgresql.TestDatabase;
import bulwark.kernel.storage.Migrations;
import bulwark.kernel.storage.Store;
import java.nio.file.Path;

/** The same contract on PostgreSQL. */
class AuditLogOnPostgresTest extends AuditLogTest {
    @Override
    protected Store openStore(Path file, Migrations migrations) {
        return TestDatabase.open(file, migrations);
    }
}
