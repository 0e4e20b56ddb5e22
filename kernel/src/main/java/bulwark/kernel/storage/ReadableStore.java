package bulwark.kernel.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store that can be read: a running one, or one at rest that is only looked at. */
public interface ReadableStore {
    /** Runs the job in a read transaction. @throws StoreFailed when the store cannot be read */
    <T extends @Nullable Object> T read(ReadJob<T> job);

    /** Lets the engine check what it keeps, pages, indexes and constraints, as far as it can. May read all of it. @return problems, one sentence each, empty when whole */
    List<String> integrityCheck();

    /** Compares tables, indexes, triggers and the history of migrations with what these migrations make. @return problems, one sentence each */
    List<String> schemaCheck(Migrations migrations);
}
