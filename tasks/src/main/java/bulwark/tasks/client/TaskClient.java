package bulwark.tasks.client;

import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.signing.EnvelopeSigning;
import bulwark.tasks.stores.TaskStores;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Sends tasks: routes, makes unique, signs, publishes; and waits for results from whichever process runs them. Thread-safe. */
public final class TaskClient {
    public TaskClient(
            TaskStores stores,
            EnvelopeSigning signing,
            bulwark.tasks.routing.Routing routing,
            Metrics metrics,
            Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** @return the task's id; of the one that is already there when the call is unique and a duplicate */
    public String enqueue(TaskCall call) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** In as few round trips as possible. */
    public List<String> enqueueAll(List<TaskCall> calls) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** The terminal status, or what is known when the time is over. */
    public Optional<TaskStatus> await(String taskId, Duration deadline) throws InterruptedException {
        throw new UnsupportedOperationException("skeleton");
    }
}
