package bulwark.acceptance;

import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.setup.TaskRuntime;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Four threads that send recording tasks through the client, at a pace, until they are stopped; an unknown outcome is not counted. */
final class Producers implements AutoCloseable {
    private static final Duration PACE = Duration.ofMillis(8);

    final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    private final TaskRuntime tasks;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private Producers(TaskRuntime tasks) {
        this.tasks = tasks;
    }

    static Producers start(Map<String, String> settings, Path folder, Path record) {
        Producers producers = new Producers(TaskRuntime.open(settings, folder, Clock.systemUTC()));
        ObjectNode arguments = JsonNodeFactory.instance.objectNode().put("file", record.toString());
        for (int i = 0; i < 4; i++) {
            producers.threads.add(Thread.ofVirtual().start(() -> producers.send(arguments)));
        }
        return producers;
    }

    private void send(ObjectNode arguments) {
        while (!stopped) {
            try {
                acknowledged.add(tasks.client().enqueue(EnqueueRequest.named("acceptance.record", arguments)));
            } catch (BrokerUnavailable unknown) {
                LockSupport.parkNanos(PACE.toNanos());
            }
            LockSupport.parkNanos(PACE.toNanos());
        }
    }

    /** Reads key files and certificates again. */
    void reload() {
        tasks.reload();
    }

    void stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(30));
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
        tasks.close();
    }
}
