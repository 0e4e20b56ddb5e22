package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.store.SeatStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A running service in a folder of its own, with a clock that the test turns. */
final class SeatsUnderTest implements AutoCloseable {
    static final SettableClock CLOCK = new SettableClock(Instant.parse("2026-06-01T08:00:00Z"));
    static final String SESSION = "8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d";
    static final String STEP_UP = "d3d9446802a44259755d38e6d163e820a87ff679a2f3e71d9181a67b7542122c";
    static final String ADMIN_TOKEN = "static-token-of-an-administrator-0123456789";

    private final SeatManager service;
    private final HttpClient client = HttpClient.newHttpClient();

    private SeatsUnderTest(SeatManager service) {
        this.service = service;
    }

    static void deploy(Path folder) {
        SeatStore.deploy(folder.resolve("seats.db"), "", CLOCK);
    }

    static SeatsUnderTest start(Path folder) {
        deploy(folder);
        return start(folder, 0);
    }

    static SeatsUnderTest start(Path folder, int port) {
        return start(folder, Map.of("SEAT_MANAGER_PORT", Integer.toString(port)), CLOCK);
    }

    static SeatsUnderTest start(Path folder, Map<String, String> more, SettableClock clock) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SESSION_HMAC_SECRET", SESSION,
                "STEP_UP_HMAC_SECRET", STEP_UP,
                "DATABASE_URL", "sqlite:seats.db",
                "ADMIN_TOKEN", ADMIN_TOKEN,
                "SEAT_MANAGER_PORT", "0"));
        environment.putAll(more);
        return new SeatsUnderTest(
                SeatManager.start(Configuration.read(SeatSettings.schema(), environment, folder), folder, clock));
    }

    SeatManager service() {
        return service;
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + service.port() + path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        client.close();
        service.close();
    }
}
