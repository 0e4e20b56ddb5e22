package bulwark.app.seatmanager;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** What a service says of itself at {@code /health}. Immutable. @param status 0 when there was no answer */
record SeatHealth(int status, String body) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** @param host that the service binds, a loopback address */
    static SeatHealth of(String host, int port) throws InterruptedException {
        String authority = host.contains(":") ? "[" + host + "]" : host;
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://" + authority + ":" + port + "/health"))
                            .timeout(TIMEOUT)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            return new SeatHealth(answer.statusCode(), answer.body());
        } catch (IOException e) {
            return new SeatHealth(0, "no answer on port " + port);
        }
    }

    boolean isWell() {
        return status == 200;
    }

    String text() {
        return status == 0 ? body : status + " " + body;
    }
}
