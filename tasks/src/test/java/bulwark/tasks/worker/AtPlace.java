package bulwark.tasks.worker;

import bulwark.tasks.stores.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Workers on one place that keeps tasks. */
@Execution(ExecutionMode.SAME_THREAD)
abstract class AtPlace {
    @TempDir
    Path folder;

    Fixture at;

    /** A fresh place, empty, on the given clock. */
    abstract TaskStores open(Clock clock, Path folder);

    @BeforeEach
    void open() throws Exception {
        at = new Fixture(open(Clock.systemUTC(), folder), Clock.systemUTC(), folder.resolve("evidence"));
    }

    @AfterEach
    void close() throws Exception {
        at.close();
    }
}
