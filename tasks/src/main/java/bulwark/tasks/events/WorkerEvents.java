package bulwark.tasks.events;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners, one after the other, on the thread where it happened; a listener that throws harms nobody. Listeners are short. Thread-safe. */
public final class WorkerEvents {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerEvents.class);

    private final List<Consumer<WorkerEvent>> listeners = new CopyOnWriteArrayList<>();

    /** Close the result to stop listening. */
    public AutoCloseable listen(Consumer<WorkerEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    /** @param event made only when somebody listens */
    public void publish(Supplier<WorkerEvent> event) {
        if (listeners.isEmpty()) {
            return;
        }
        WorkerEvent made = event.get();
        for (Consumer<WorkerEvent> listener : listeners) {
            try {
                listener.accept(made);
            } catch (RuntimeException e) {
                LOG.warn("A listener of worker events failed.", e);
            }
        }
    }
}
