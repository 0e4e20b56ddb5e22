package bulwark.bench.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One proxy that is measured, alone on the first core.
 *
 * @param origin scheme, host and port
 * @param path that it takes to the backend
 * @param pid of the process that does the work
 * @param gateway ours, which answers questions on its standard input; null for a peer
 */
record ProxyProcess(
        String name,
        String origin,
        String path,
        long pid,
        @Nullable Process gateway) {
    String url() {
        return origin + path;
    }

    /** Bytes of heap that the gateway's threads allocated so far; 0 for a peer. */
    long allocated() throws IOException {
        return gateway == null ? 0 : Long.parseLong(ask("allocated"));
    }

    /** What the gateway answered itself so far, by code, for the report of a load that it did not carry; empty for a peer. */
    String refusals() throws IOException, InterruptedException {
        if (gateway == null || !origin.startsWith("http:")) {
            return "";
        }
        HttpRequest scrape =
                HttpRequest.newBuilder(URI.create(origin + "/metrics")).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(scrape, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith("stoa_refusals_total{"))
                    .collect(Collectors.joining("\n"));
        }
    }

    /** @throws IllegalStateException when this is no gateway of ours */
    String ask(String question) throws IOException {
        Process process = gateway;
        if (process == null) {
            throw new IllegalStateException(name + " answers no questions");
        }
        process.outputWriter().write(question + "\n");
        process.outputWriter().flush();
        String answer = process.inputReader().readLine();
        if (answer == null) {
            throw new IOException(name + " ended");
        }
        return answer;
    }
}
