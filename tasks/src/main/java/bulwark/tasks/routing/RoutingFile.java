package bulwark.tasks.routing;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.tasks.routing.Routing.DefaultQueue;
import bulwark.tasks.routing.Routing.Range;
import bulwark.tasks.routing.Routing.Rule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads a routing file, YAML or JSON, keys in snake or camel case: {@code default_queue}, {@code queues}, {@code broadcasts}, {@code routes}. Every fault is named
 * with its path, all at once. {@code exchange}, {@code bindings}, {@code fallbacks}, {@code delivery}, {@code durability}, {@code meta} and {@code options} are accepted without effect.
 * Source of the form: Stem 0.2.
 */
public final class RoutingFile {
    private static final int MAX_BYTES = 1 << 20;

    private final List<String> problems = new ArrayList<>();
    private final Map<String, Range> queues = new LinkedHashMap<>();
    private final List<String> broadcasts = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();

    private RoutingFile() {}

    /** @throws ConfigurationRefused listing every fault */
    public static Routing read(Path file, String defaultQueue) throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigurationRefused(List.of(file + " is larger than a routing file can be"));
            }
            return parse(Files.readString(file), defaultQueue);
        } catch (ConfigurationRefused refused) {
            throw new ConfigurationRefused(
                    refused.sentences().stream().map(p -> file + ": " + p).toList());
        }
    }

    /**
     * @param defaultQueue used when the text names none
     * @throws ConfigurationRefused listing every fault
     */
    public static Routing parse(String text, String defaultQueue) {
        RoutingFile file = new RoutingFile();
        Routing routing = file.routing(file.load(text), defaultQueue);
        if (!file.problems.isEmpty()) {
            throw new ConfigurationRefused(file.problems);
        }
        return routing;
    }

    private @Nullable Object load(String text) {
        try {
            return new Load(LoadSettings.builder()
                            .setAllowDuplicateKeys(false)
                            .setMaxAliasesForCollections(20)
                            .setCodePointLimit(MAX_BYTES)
                            .build())
                    .loadFromString(text);
        } catch (YamlEngineException e) {
            String fault = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new ConfigurationRefused(
                    List.of("is not well-formed YAML or JSON (" + fault + "): correct it, or name another file"));
        }
    }

    private Routing routing(@Nullable Object root, String defaultQueue) {
        RoutingNode document = new RoutingNode(root == null ? Map.of() : root, "", problems);
        document.only("defaultQueue", "queues", "broadcasts", "routes");
        document.at("queues").entries().forEach((name, queue) -> queues.put(name, range(queue)));
        broadcasts.addAll(document.at("broadcasts").entries().keySet());
        DefaultQueue chosen = defaultQueue(document.at("defaultQueue"), defaultQueue);
        queues.putIfAbsent(chosen.queue(), Range.ALL);
        document.at("routes").items().forEach(this::rule);
        return new Routing(chosen, queues, broadcasts, rules, true);
    }

    private DefaultQueue defaultQueue(RoutingNode node, String fallback) {
        if (node.isText()) {
            return defined(node, new DefaultQueue(node.text(), "default"));
        }
        node.only("alias", "queue", "fallbacks");
        String queue = node.at("queue").isAbsent() ? fallback : node.at("queue").text();
        String alias =
                node.at("alias").isAbsent() ? "default" : node.at("alias").text();
        if (!alias.equals(queue) && queues.containsKey(alias)) {
            node.at("alias").fault("is also the name of a queue");
        }
        return node.isAbsent() ? new DefaultQueue(queue, alias) : defined(node, new DefaultQueue(queue, alias));
    }

    private DefaultQueue defined(RoutingNode node, DefaultQueue chosen) {
        if (!queues.isEmpty() && !queues.containsKey(chosen.queue())) {
            node.fault("names the queue \"" + chosen.queue() + "\", which queues does not define");
        }
        return chosen;
    }

    private static Range range(RoutingNode queue) {
        queue.only("exchange", "routingKey", "priorityRange", "bindings", "meta");
        RoutingNode range = queue.at("priorityRange");
        if (range.isAbsent()) {
            return Range.ALL;
        }
        boolean list = range.isList();
        List<RoutingNode> ends = list ? range.items() : List.of(range.at("min"), range.at("max"));
        if (ends.size() != 2) {
            range.fault("must hold two numbers, the least and the greatest priority");
            return Range.ALL;
        }
        int min = ends.get(0).number(0, 9);
        int max = ends.get(1).number(0, 9);
        if (min > max) {
            range.fault("starts above its end");
            return Range.ALL;
        }
        return new Range(min, max);
    }

    private void rule(RoutingNode node) {
        node.only("match", "target", "priorityOverride", "options");
        RoutingNode match = node.at("match").only("task", "headers", "queueOverride");
        RoutingNode target = node.at("target").only("type", "name");
        List<Glob> tasks = new ArrayList<>();
        for (RoutingNode pattern : match.at("task").isText()
                ? List.of(match.at("task"))
                : match.at("task").items()) {
            try {
                tasks.add(Glob.of(pattern.text()));
            } catch (IllegalArgumentException e) {
                pattern.fault(String.valueOf(e.getMessage()));
            }
        }
        Map<String, String> headers = new LinkedHashMap<>();
        match.at("headers").entries().forEach((name, value) -> headers.put(name, value.text()));
        String name = target.at("name").required();
        boolean broadcast = broadcast(target.at("type"));
        if (broadcast && !broadcasts.contains(name)) {
            target.at("name").fault("names the broadcast \"" + name + "\", which broadcasts does not define");
        }
        RoutingNode queue = match.at("queueOverride");
        RoutingNode priority = node.at("priorityOverride");
        rules.add(new Rule(
                tasks,
                headers,
                queue.isAbsent() ? null : queue.text(),
                name,
                broadcast,
                priority.isAbsent() ? null : priority.number(0, 9)));
    }

    private static boolean broadcast(RoutingNode type) {
        String text = type.isAbsent() ? "queue" : type.text();
        if (!text.equals("queue") && !text.equals("broadcast")) {
            type.fault("must be queue or broadcast");
        }
        return text.equals("broadcast");
    }
}
