package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.client.TaskCall;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.stores.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a worker promises on every place that keeps tasks. */
@Timeout(60)
public abstract class WorkerContract {
    @TempDir
    Path folder;

    Fixture at;

    /** A fresh place, empty, on the given clock. */
    protected abstract TaskStores open(Clock clock, Path folder) throws Exception;

    @BeforeEach
    void open() throws Exception {
        at = new Fixture(open(Clock.systemUTC(), folder), Clock.systemUTC(), folder.resolve("evidence"));
    }

    @AfterEach
    void close() throws Exception {
        at.close();
    }

    @Test
    void a_task_runs_once_and_its_result_is_kept() throws Exception {
        at.start();

        String id = at.client.enqueue(TaskCall.named("demo.echo", Fixture.args().put("hello", "world")));

        TaskStatus status = at.ended(id);
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.payload()).hasToString("{\"hello\":\"world\"}");
        assertThat(at.stores.broker().counts("default").inFlight()).isZero();
    }
}
