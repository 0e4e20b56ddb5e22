package bulwark.gateway.files;

import bulwark.gateway.route.ApiRoute;
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
 * A folder of routes: every {@code .yaml}, {@code .yml} and {@code .json} file right in it holds one route, a list of them, or {@code {routes: […]}}. Names of files mean nothing.
 */
public final class RouteFiles {
    private static final int MAX_BYTES = 16 << 20;

    private RouteFiles() {}

    /**
     * @throws RoutesRefused with every fault of every file, each by file and field
     * @throws IOException with a sentence when the folder cannot be read
     */
    public static List<ApiRoute> read(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            throw new NoSuchFileException(folder + " does not exist");
        }
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder + " is no folder");
        }
        List<ApiRoute> routes = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Path file : files(folder)) {
            read(file, routes, faults);
        }
        if (!faults.isEmpty()) {
            throw new RoutesRefused(faults);
        }
        RouteTable.of(routes, ApiRoute::id);
        return routes;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.getFileName().toString().matches("[^.].*\\.(yaml|yml|json)"))
                    .sorted()
                    .toList();
        }
    }

    private static void read(Path file, List<ApiRoute> routes, List<String> faults) throws IOException {
        String name = file.getFileName() + ": ";
        JsonNode document;
        try {
            document = StrictYaml.parse(Files.readString(file), MAX_BYTES);
        } catch (StrictYaml.YamlRefused e) {
            faults.add(name + e.getMessage());
            return;
        }
        if (document.isNull()) {
            return;
        }
        JsonNode list = document.isArray() ? document : document.get("routes");
        if (list == null) {
            routes.add(RouteJson.read(document, name, faults));
        } else if (!list.isArray() || (document.isObject() && document.size() > 1)) {
            faults.add(name + "must hold one route, a list of routes, or routes and nothing else");
        } else {
            int index = 0;
            for (JsonNode route : list) {
                routes.add(RouteJson.read(route, name + "routes[" + index++ + "].", faults));
            }
        }
    }

    /** One file for each route, {@code <id>.yaml}. @throws IOException also when the folder holds files of routes already */
    public static void write(Path folder, List<ApiRoute> routes) throws IOException {
        Files.createDirectories(folder);
        if (!files(folder).isEmpty()) {
            throw new IOException(folder + " holds files of routes already; name an empty folder");
        }
        for (ApiRoute route : routes) {
            Files.writeString(folder.resolve(route.id() + ".yaml"), yaml(route), StandardCharsets.UTF_8);
        }
    }

    static String yaml(ApiRoute route) {
        DumpSettings settings = DumpSettings.builder()
                .setDefaultFlowStyle(FlowStyle.BLOCK)
                .setWidth(200)
                .build();
        Map<String, ?> plain = PlainJson.object(StrictJson.parse(StrictJson.write(RouteJson.fields(route))));
        return new Dump(settings).dumpToString(plain);
    }
}
