package bulwark.tasks.worker;

import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Workers on one task store. */
@Execution(ExecutionMode.SAME_THREAD)
abstract class WorkerTestBase {
    @TempDir
    Path folder;

    WorkerFixture fixture;

    /** A fresh, empty store on the given clock. */
    abstract TaskStores open(Clock clock, Path folder);

    @BeforeEach
    void open() throws Exception {
        fixture = new WorkerFixture(open(Clock.systemUTC(), folder), Clock.systemUTC(), folder.resolve("evidence"));
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }
}
