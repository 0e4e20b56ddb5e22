package bulwark.tasks.handler;

import bulwark.tasks.broker.FencingToken;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What a running task knows and may ask. Usable from any thread until the handler returns. */
public interface TaskContext {
    String id();

    String name();

    ObjectNode args();

    /** 0 for the first run. */
    int attempt();

    Map<String, String> headers();

    ObjectNode meta();

    String queue();

    /** Hand it to whatever the task writes to, so that a consumer that lost the task cannot write after its successor. */
    FencingToken fence();

    /** True when the task was verified with a key; false only on a worker that allows unsigned tasks. */
    boolean signed();

    /** True when the task was asked to stop: revoked, over its soft limit, or the worker is shutting down softly. */
    boolean stopRequested();

    /** @throws Stopped when the task was asked to stop */
    void checkpoint();

    /** Keeps the task with this worker for at least the given time, whatever else happens to the renewal. */
    void extendLease(Duration by);

    /** 0..100 and anything that fits JSON; seen in the status until the task ends. */
    void progress(double percent, ObjectNode data);

    /** Ends this run and asks for another. Never returns. */
    RetryRequested retry(Duration countdown);

    /** Sends another task with this one as its parent; returns its id. */
    String enqueue(String name, ObjectNode args);

    /** Thrown by {@link #checkpoint}; let it pass. */
    final class Stopped extends RuntimeException {
        public Stopped(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Thrown by {@link #retry}; let it pass. */
    final class RetryRequested extends RuntimeException {
        private final Duration countdown;

        public RetryRequested(Duration countdown) {
            super("the task asked for another run", null, false, false);
            this.countdown = countdown;
        }

        public Duration countdown() {
            return countdown;
        }
    }
}
