package bulwark.tasks.redis;

import bulwark.tasks.contract.TestStores;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.store.TaskStores;
import bulwark.testkit.RedisServer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A namespace of its own on a server. */
final class RedisTestStores implements TestStores {
    private final RedisServer server;
    private final String namespace = "t-" + UUID.randomUUID();
    private final List<TaskStores> opened = new ArrayList<>();
    private final TaskStores stores;
    private final TaskStores another;

    RedisTestStores(RedisServer server) {
        this.server = server;
        stores = open(namespace);
        another = open(namespace);
    }

    String namespace() {
        return namespace;
    }

    private TaskStores open(String name) {
        TaskStores fresh =
                RedisStores.open(server.url(), null, name, ResultBackend.DEFAULT_RETENTION, Clock.systemUTC());
        opened.add(fresh);
        return fresh;
    }

    @Override
    public TaskStores stores() {
        return stores;
    }

    @Override
    public TaskStores another() {
        return another;
    }

    @Override
    public TaskStores elsewhere() {
        return open(namespace + "-elsewhere");
    }

    @Override
    public void close() {
        opened.forEach(TaskStores::close);
    }
}
