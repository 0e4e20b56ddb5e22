package bulwark.tasks.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The routing file, or its absence: first rule that matches decides. Immutable. */
public final class Routing {
    private final String defaultQueue;

    private Routing(String defaultQueue) {
        this.defaultQueue = defaultQueue;
    }

    /** Without a file: everything goes where it asks to, else to the default queue. */
    public static Routing withoutFile(String defaultQueue) {
        return new Routing(defaultQueue);
    }

    /** @param queue as asked for, or null */
    public Target route(String task, Map<String, String> headers, @Nullable String queue, int priority) {
        return new Target(queue == null ? defaultQueue : queue, false, Math.clamp(priority, 0, 9));
    }

    /** @param broadcast the name is a channel's */
    public record Target(String name, boolean broadcast, int priority) {}
}
