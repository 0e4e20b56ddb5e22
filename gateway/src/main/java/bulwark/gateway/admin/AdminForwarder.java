package bulwark.gateway.admin;

import bulwark.gateway.endpoint.EndpointRequest;
import bulwark.gateway.endpoint.EndpointResponse;
import bulwark.gateway.endpoint.GatewayEndpoint;
import bulwark.web.AllowedHosts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Hands requests of {@code /admin} on the gateway's own port to the admin API on its port of loopback. Only where the gateway's port is bound to loopback itself, so that nobody else reaches it.
 * Thread-safe.
 */
public final class AdminForwarder implements GatewayEndpoint {
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final Set<String> PASSED = Set.of(
            "www-authenticate",
            "allow",
            "retry-after",
            "x-ratelimit-limit",
            "x-ratelimit-remaining",
            "x-ratelimit-reset");

    private static final AllowedHosts HOSTS = AllowedHosts.LOOPBACK;

    private final int port;
    /** Made at the first call: most gateways are never asked here, and the client costs memory. */
    private final LazyClient client = new LazyClient();

    /** @param port of the admin API */
    public AdminForwarder(int port) {
        this.port = port;
    }

    @Override
    public EndpointResponse answer(EndpointRequest request) {
        // The admin API hears this program's own Host header, so that what the caller sent is judged here: a page whose
        // name leads to loopback sends its own name.
        List<String> hosts = request.head().values("host");
        if (!hosts.stream().allMatch(HOSTS::allows)) {
            return EndpointResponse.json(
                    421, "{\"status\":\"error\",\"message\":\"The Host header names no loopback address.\"}");
        }
        try {
            HttpRequest.Builder call = HttpRequest.newBuilder(URI.create(
                            "http://127.0.0.1:" + port + request.head().target()))
                    .timeout(ANSWER_TIMEOUT)
                    .method(
                            request.method(),
                            request.body().length == 0
                                    ? BodyPublishers.noBody()
                                    : BodyPublishers.ofByteArray(request.body()));
            for (String name : List.of("authorization", "content-type", "origin")) {
                request.head().values(name).forEach(value -> call.header(name, value));
            }
            return response(client.get().send(call.build(), BodyHandlers.ofByteArray()));
        } catch (IllegalArgumentException e) {
            return EndpointResponse.json(400, "{\"status\":\"error\",\"message\":\"The request cannot be read.\"}");
        } catch (IOException e) {
            return EndpointResponse.json(
                    503, "{\"status\":\"error\",\"message\":\"The admin API does not answer now; repeat the call.\"}");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EndpointResponse.json(503, "{\"status\":\"error\",\"message\":\"The gateway stops.\"}");
        }
    }

    private static EndpointResponse response(HttpResponse<byte[]> answer) {
        List<String> fields = new ArrayList<>(List.of("Cache-Control", "no-store"));
        answer.headers().map().forEach((name, values) -> {
            if (PASSED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> {
                    fields.add(name);
                    fields.add(value);
                });
            }
        });
        String type = answer.headers().firstValue("content-type").orElse("");
        return new EndpointResponse(answer.statusCode(), answer.body().length == 0 ? "" : type, answer.body(), fields);
    }

    private static final class LazyClient {
        private final java.util.concurrent.locks.ReentrantLock making = new java.util.concurrent.locks.ReentrantLock();
        private volatile @org.jspecify.annotations.Nullable HttpClient made;

        HttpClient get() {
            HttpClient client = made;
            if (client != null) {
                return client;
            }
            making.lock();
            try {
                client = made;
                if (client == null) {
                    client = HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .build();
                    made = client;
                }
                return client;
            } finally {
                making.unlock();
            }
        }
    }
}
