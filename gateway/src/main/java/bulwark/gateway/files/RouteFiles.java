package bulwark.gateway.files;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyJson;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.PolicyReferences;
import bulwark.gateway.route.RouteJson;
import bulwark.gateway.route.RouteTable;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.json.PlainJson;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.json.StrictYaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import tools.jackson.databind.JsonNode;

/**
 * A folder of routes and policies: every {@code .yaml}, {@code .yml} and {@code .json} file right in it, and right in its folder {@code policies}, holds one route, one policy (which has a
 * {@code policy_type}), a list of those, or {@code {routes: […], policies: […]}}. Names of files mean nothing.
 */
public final class RouteFiles {
    private static final int MAX_BYTES = 16 << 20;
    private static final String POLICIES = "policies";

    private RouteFiles() {}

    /**
     * @throws RoutesRefused with every fault of every file, each by file and field
     * @throws IOException with a sentence when the folder cannot be read
     */
    public static GatewayDocument read(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            throw new NoSuchFileException(folder + " does not exist");
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder + " is no folder");
        }
        Collected collected = new Collected(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (Path file : files(folder)) {
            read(file, collected);
        }
        Path policies = folder.resolve(POLICIES);
        if (Files.isDirectory(policies)) {
            for (Path file : files(policies)) {
                read(file, collected);
            }
        }
        if (!collected.faults.isEmpty()) {
            throw new RoutesRefused(collected.faults);
        }
        RouteTable.of(collected.routes, ApiRoute::id);
        PolicyReferences.check(collected.routes, collected.policies);
        return new GatewayDocument(collected.routes, collected.policies);
    }

    private record Collected(List<ApiRoute> routes, List<ApiPolicy> policies, List<String> faults) {
        void add(JsonNode node, String where) {
            if (node.has("policy_type")) {
                policies.add(PolicyJson.read(node, where, faults));
            } else {
                routes.add(RouteJson.read(node, where, faults));
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().matches("[^.].*\\.(yaml|yml|json)"))
                    .sorted()
                    .toList();
        }
    }

    private static void read(Path file, Collected collected) throws IOException {
        String name = file.getFileName() + ": ";
        JsonNode document;
        try {
            document = StrictYaml.parse(Files.readString(file), MAX_BYTES);
        } catch (StrictYaml.YamlRefused e) {
            collected.faults.add(name + e.getMessage());
            return;
        }
        if (document.isNull()) {
            return;
        }
        if (document.isArray()) {
            int index = 0;
            for (JsonNode node : document) {
                collected.add(node, name + "[" + index++ + "].");
            }
        } else if (document.has("routes") || document.has(POLICIES)) {
            lists(document, name, collected);
        } else {
            collected.add(document, name);
        }
    }

    private static void lists(JsonNode document, String name, Collected collected) {
        int known = 0;
        for (String list : List.of("routes", POLICIES)) {
            JsonNode nodes = document.get(list);
            known += nodes == null ? 0 : 1;
            if (nodes != null && !nodes.isArray()) {
                known = 0;
                break;
            }
        }
        if (known < document.size()) {
            collected.faults.add(
                    name + "must hold one route, one policy, a list of them, or routes and policies and nothing else");
            return;
        }
        int index = 0;
        for (JsonNode route : document.path("routes")) {
            collected.routes.add(RouteJson.read(route, name + "routes[" + index++ + "].", collected.faults));
        }
        index = 0;
        for (JsonNode policy : document.path(POLICIES)) {
            collected.policies.add(PolicyJson.read(policy, name + "policies[" + index++ + "].", collected.faults));
        }
    }

    /** One file for each route, {@code <id>.yaml}, and one for each policy, {@code policies/<id>.yaml}. @throws IOException also when the folder holds such files already */
    public static void write(Path folder, GatewayDocument document) throws IOException {
        Files.createDirectories(folder);
        Path policies = folder.resolve(POLICIES);
        if (!files(folder).isEmpty()
                || Files.isDirectory(policies) && !files(policies).isEmpty()) {
            throw new IOException(folder + " holds files of routes already; name an empty folder");
        }
        for (ApiRoute route : document.routes()) {
            Files.writeString(
                    folder.resolve(route.id() + ".yaml"), yaml(RouteJson.fields(route)), StandardCharsets.UTF_8);
        }
        if (!document.policies().isEmpty()) {
            Files.createDirectories(policies);
        }
        for (ApiPolicy policy : document.policies()) {
            Files.writeString(
                    policies.resolve(policy.id() + ".yaml"), yaml(PolicyJson.fields(policy)), StandardCharsets.UTF_8);
        }
    }

    private static String yaml(Map<String, Object> fields) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(200)
                .build();
        Map<String, ?> plain = PlainJson.object(StrictJson.parse(StrictJson.write(fields)));
        return new Dump(settings).dumpToString(plain);
    }
}
