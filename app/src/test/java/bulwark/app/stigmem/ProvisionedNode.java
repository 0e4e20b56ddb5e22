package bulwark.app.stigmem;

import bulwark.app.CommandResult;
import bulwark.app.up.ChildSpec;
import bulwark.app.up.StateFolder;
import bulwark.facts.node.FactsNode;
import bulwark.testkit.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The fact node in this process, on the folder that {@code up} would make for it, with the settings that {@code up} would give it. */
final class ProvisionedNode implements AutoCloseable {
    final StateFolder state;
    final FactsPart part = new FactsPart();
    private FactsNode node;

    ProvisionedNode(Path root) throws IOException {
        this(root, Clock.systemUTC());
    }

    ProvisionedNode(Path root, Clock clock) throws IOException {
        state = new StateFolder(root);
        Files.createDirectories(state.exports());
        ChildSpec child = part.provision(state, 8000, clock).children().getFirst();
        Map<String, String> environment = new HashMap<>(child.environment());
        for (String port : List.of("STIGMEM_PORT", "STIGMEM_LOCAL_HTTP_PORT")) {
            environment.put(port, Integer.toString(FreePort.next()));
        }
        node = FactsNode.start(environment, child.directory(), clock);
    }

    Path folder() {
        return state.of(part);
    }

    /** In the node's folder, as an operator types it. */
    CommandResult stigmem(String... arguments) {
        return CommandResult.stigmem(
                folder(), Map.of("STIGMEM_URL", "http://localhost:" + node.plainPort()), arguments);
    }

    String get(String target) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + node.plainPort() + target);
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** Of a GET with an API key. */
    int status(String target, String key) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:" + node.plainPort() + target);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + key)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
