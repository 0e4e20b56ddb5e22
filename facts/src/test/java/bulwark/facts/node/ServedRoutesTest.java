package bulwark.facts.node;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.quota.Quotas;
import bulwark.kernel.time.SettableClock;
import bulwark.web.Route;
import bulwark.web.Service;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A running node, its whole route table, and the list of everything that the original serves or documents. */
class ServedRoutesTest {
    @TempDir
    Path directory;

    @Test
    void every_route_of_the_original_is_served_or_named_in_LIMITATIONS() throws Exception {
        String limitations = Files.readString(Path.of("..", "LIMITATIONS.md"));
        limitations = limitations.substring(limitations.indexOf("- Routes of the original"));
        limitations = limitations.substring(0, limitations.indexOf("\n\n"));
        List<String> unnamed = new ArrayList<>();
        List<String> namedAlthoughServed = new ArrayList<>();
        Map<String, String> settings =
                Map.of("STIGMEM_PORT", "0", "STIGMEM_LOCAL_HTTP_PORT", "0", "STIGMEM_AUTH_REQUIRED", "false");
        try (FactsNode node =
                        FactsNode.start(settings, directory, new SettableClock(Instant.parse("2026-03-01T00:00:00Z")));
                HttpClient client = HttpClient.newHttpClient()) {
            for (String route : routes()) {
                boolean served = isServed(client, node.port(), route);
                boolean named = limitations.contains("`" + route + "`");
                if (!served && !named) {
                    unnamed.add(route);
                } else if (served && named) {
                    namedAlthoughServed.add(route);
                }
            }
        }
        assertThat(unnamed).isEmpty();
        assertThat(namedAlthoughServed).isEmpty();
    }

    /** A dimension without a limit would never refuse anybody. */
    @Test
    void every_route_that_is_served_charges_its_callers_against_a_limit() {
        Map<String, Quotas.Limit> limits =
                NodeSettings.quotaLimits(Configuration.read(NodeSettings.schema(), Map.of(), directory));
        try (NodeComposition node = NodeComposition.open(
                Map.of("STIGMEM_TL_BACKEND", "off"), directory.resolve("a.db"), Clock.systemUTC())) {
            assertThat(node.networkRoutes()).hasSizeGreaterThan(25).allSatisfy(route -> {
                String name = route.method() + " " + route.path();
                if (route.access() instanceof Route.Access.Open) {
                    assertThat(route.dimension()).as(name).isEqualTo(Route.BY_SOURCE);
                } else {
                    assertThat(limits).as(name).containsKey(route.dimension());
                }
            });
        }
        assertThat(Service.Limits.defaults().openPerSecond()).isPositive();
    }

    private static boolean isServed(HttpClient client, int port, String route)
            throws IOException, InterruptedException {
        String method = route.substring(0, route.indexOf(' '));
        String path = route.substring(route.indexOf(' ') + 1).replaceAll("\\{[a-z_]+}", "x");
        HttpResponse<String> response = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        // 421: a path of peers, which a node without mutual TLS turns away before it looks for a route.
        return response.statusCode() != 405
                && response.statusCode() != 421
                && !(response.statusCode() == 404 && response.body().equals("{\"detail\":\"Not Found\"}"));
    }

    private static List<String> routes() throws IOException {
        try (var in = ServedRoutesTest.class.getResourceAsStream("original-routes.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
