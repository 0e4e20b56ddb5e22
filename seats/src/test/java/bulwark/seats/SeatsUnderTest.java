package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.evidence.store.StoreLocation;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.time.SettableClock;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.SeatSettings;
import bulwark.seats.store.SeatStore;
import bulwark.web.LocalAdminClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A running service in a folder of its own, with a clock that the test turns; or one in a process of its own. */
final class SeatsUnderTest implements AutoCloseable {
    static final SettableClock CLOCK = new SettableClock(Instant.parse("2026-06-01T08:00:00Z"));
    static final String SESSION = "8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d";
    static final String STEP_UP = "d3d9446802a44259755d38e6d163e820a87ff679a2f3e71d9181a67b7542122c";
    static final String ADMIN_TOKEN = "static-token-of-an-administrator-0123456789";

    static final String PASSWORD = "Vk7#pQz9!mLw2@xRt5$bN8";

    private final @Nullable SeatManager service;
    private final int port;
    private final HttpClient client = HttpClient.newHttpClient();

    private SeatsUnderTest(SeatManager service) {
        this(service, service.port());
    }

    private SeatsUnderTest(@Nullable SeatManager service, int port) {
        this.service = service;
        this.port = port;
    }

    /** One that another process runs, which this does not end. */
    static SeatsUnderTest at(int port) {
        return new SeatsUnderTest(null, port);
    }

    static void deploy(Path folder) {
        deploy(folder, Map.of());
    }

    /** @param more settings beside the usual ones */
    static void deploy(Path folder, Map<String, String> more) {
        SeatStore.deploy(location(folder, more), "", CLOCK);
    }

    static StoreLocation location(Path folder, Map<String, String> more) {
        return DatabaseUrl.location(() -> Configuration.read(SeatSettings.schema(), environment(more), folder), folder);
    }

    /** What the command of an owner in this folder reads. */
    Configuration configuration(Path folder) {
        return Configuration.read(SeatSettings.schema(), environment(Map.of()), folder);
    }

    static SeatsUnderTest start(Path folder) {
        deploy(folder);
        return start(folder, 0);
    }

    static SeatsUnderTest start(Path folder, int port) {
        return start(folder, Map.of("SEAT_MANAGER_PORT", Integer.toString(port)), CLOCK);
    }

    static SeatsUnderTest start(Path folder, Map<String, String> more, SettableClock clock) {
        return new SeatsUnderTest(SeatManager.start(
                () -> Configuration.read(SeatSettings.schema(), environment(more), folder), folder, clock));
    }

    /** As {@link #start(Path, Map, SettableClock)}, with the watchers in the same process. */
    static SeatsUnderTest startWatching(Path folder, Map<String, String> more, SettableClock clock) {
        return new SeatsUnderTest(SeatManager.start(
                () -> Configuration.read(SeatSettings.schema(), environment(more), folder), folder, clock, true));
    }

    SeatManager service() {
        return Objects.requireNonNull(service, "it runs in another process");
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static JsonNode json(HttpResponse<String> response) {
        return StrictJson.parse(response.body().getBytes(StandardCharsets.UTF_8));
    }

    static String code(HttpResponse<String> response) {
        return json(response).path("error").path("code").asString();
    }

    /** Through the owner's socket, as the command does. */
    static int createAdmin(Path folder, String name, String password) {
        return createAdmin(folder, Map.of(), name, password);
    }

    static int createAdmin(Path folder, Map<String, String> more, String name, String password) {
        try (LocalAdminClient owner = owner(folder, more)) {
            return owner.post("/owner/users/admin", StrictJson.write(Map.of("username", name, "password", password)))
                    .status();
        }
    }

    /** As commands reach the service, whether it runs or not. */
    static LocalAdminClient owner(Path folder, Map<String, String> more) {
        Configuration settings = Configuration.read(SeatSettings.schema(), environment(more), folder);
        return SeatManager.owner(() -> settings, folder, CLOCK);
    }

    /** A user who has replaced the first password. */
    SignedIn user(SignedIn admin, String name, String role) throws Exception {
        HttpResponse<String> made = admin.call(
                "POST", "/v1/users", Map.of("username", name, "role", role, "password", "First-" + PASSWORD));
        if (made.statusCode() != 201) {
            throw new AssertionError(made.statusCode() + " " + made.body());
        }
        SignedIn first = SignedIn.open(this, name, "First-" + PASSWORD);
        HttpResponse<String> replaced = first.call(
                "POST",
                "/v1/users/" + first.userId() + "/password",
                Map.of("currentPassword", "First-" + PASSWORD, "newPassword", PASSWORD));
        if (replaced.statusCode() != 204) {
            throw new AssertionError(replaced.statusCode() + " " + replaced.body());
        }
        return SignedIn.open(this, name, PASSWORD);
    }

    static Map<String, String> environment(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SESSION_HMAC_SECRET", SESSION,
                "STEP_UP_HMAC_SECRET", STEP_UP,
                "DATABASE_URL", "sqlite:seats.db",
                "ADMIN_TOKEN", ADMIN_TOKEN,
                "SEAT_MANAGER_PORT", "0"));
        environment.putAll(more);
        return environment;
    }

    @Override
    public void close() {
        client.close();
        if (service != null) {
            service.close();
        }
    }
}
