package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.tasks.handler.HandlerRegistry;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.handler.TaskOptions;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the authors of handlers say of their tasks, for producers. The handlers are looked for when a task is sent for the first time. Thread-safe. */
final class HandlerOptions implements Function<String, TaskOptions> {
    private final Configuration configuration;
    private final Path directory;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable HandlerRegistry handlers;

    HandlerOptions(Configuration configuration, Path directory) {
        this.configuration = configuration;
        this.directory = directory;
    }

    /** @throws bulwark.tasks.handler.HandlersRefused when there is something wrong with a handler */
    @Override
    public TaskOptions apply(String task) {
        HandlerRegistry known = handlers;
        TaskHandler handler = (known == null ? discover() : known).find(task);
        return handler == null ? TaskOptions.DEFAULT : handler.options();
    }

    private HandlerRegistry discover() {
        lock.lock();
        try {
            HandlerRegistry known = handlers;
            if (known == null) {
                known = HandlerRegistry.discover(HandlerClassLoader.of(configuration, directory));
                handlers = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }
}
