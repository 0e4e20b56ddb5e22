package bulwark.tasks.routing;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The routing file, or its absence: first rule that matches decides. Immutable. Read one with {@link RoutingFile}. */
public final class Routing {
    private final DefaultQueue defaultQueue;
    private final SortedMap<String, Range> queues;
    private final SortedSet<String> broadcasts;
    private final List<Rule> rules;
    private final boolean fromFile;

    Routing(
            DefaultQueue defaultQueue,
            Map<String, Range> queues,
            java.util.Collection<String> broadcasts,
            List<Rule> rules,
            boolean fromFile) {
        this.defaultQueue = defaultQueue;
        this.queues = new TreeMap<>(queues);
        this.broadcasts = new TreeSet<>(broadcasts);
        this.rules = List.copyOf(rules);
        this.fromFile = fromFile;
    }

    /** Without a file: everything goes where it asks to, else to the default queue. */
    public static Routing withoutFile(String defaultQueue) {
        return new Routing(
                new DefaultQueue(defaultQueue, "default"),
                Map.of(defaultQueue, Range.ALL),
                List.of(),
                List.of(),
                false);
    }

    /** @param queue as asked for, or null */
    public Target route(String task, Map<String, String> headers, @Nullable String queue, int priority) {
        for (Rule rule : rules) {
            if (rule.matches(task, headers, queue)) {
                int wanted = rule.priority() == null ? priority : rule.priority();
                return target(rule.target(), rule.broadcast(), wanted);
            }
        }
        return target(queue == null ? defaultQueue.queue() : queue, false, priority);
    }

    private Target target(String name, boolean broadcast, int priority) {
        String real = !broadcast && name.equals(defaultQueue.alias()) ? defaultQueue.queue() : name;
        Range range = broadcast ? Range.ALL : queues.getOrDefault(real, Range.ALL);
        return new Target(real, broadcast, Math.clamp(priority, range.min(), range.max()));
    }

    public DefaultQueue defaultQueue() {
        return defaultQueue;
    }

    /** Queues that are defined, by name; a queue that is not may still be published to. */
    public SortedMap<String, Range> queues() {
        return java.util.Collections.unmodifiableSortedMap(queues);
    }

    public SortedSet<String> broadcasts() {
        return java.util.Collections.unmodifiableSortedSet(broadcasts);
    }

    public List<Rule> rules() {
        return rules;
    }

    /** False when there is no file: then every queue counts as defined. */
    public boolean fromFile() {
        return fromFile;
    }

    /** @param broadcast the name is a channel's */
    public record Target(String name, boolean broadcast, int priority) {}

    /** @param alias a name that stands for the queue */
    public record DefaultQueue(String queue, String alias) {}

    /** Priorities of a queue, both ends included. */
    public record Range(int min, int max) {
        public static final Range ALL = new Range(0, 9);
    }

    /**
     * @param tasks patterns of task names, any of which matches; empty for all
     * @param headers each must be there with this value
     * @param queue the queue that was asked for, or null for any
     * @param priority replaces the task's, or null
     */
    public record Rule(
            List<Glob> tasks,
            Map<String, String> headers,
            @Nullable String queue,
            String target,
            boolean broadcast,
            @Nullable Integer priority) {
        boolean matches(String task, Map<String, String> given, @Nullable String asked) {
            return (tasks.isEmpty() || tasks.stream().anyMatch(glob -> glob.matches(task)))
                    && headers.entrySet().stream().allMatch(h -> h.getValue().equals(given.get(h.getKey())))
                    && (queue == null || queue.equals(asked));
        }
    }
}
