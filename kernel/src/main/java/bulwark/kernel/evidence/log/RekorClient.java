package bulwark.kernel.evidence.log;

import bulwark.kernel.evidence.log.TransparencyLog.LogUnavailable;
import bulwark.kernel.json.StrictJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The paths of Rekor's API, version 1. Nothing that it answers is believed here. Thread-safe. */
final class RekorClient implements AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final long MAX_ANSWER = 1 << 20;

    private final URI entries;
    private final URI tree;
    private final HttpClient client;

    RekorClient(URI service) {
        String base = service.toString().replaceAll("/+$", "");
        entries = URI.create(base + "/api/v1/log/entries");
        tree = URI.create(base + "/api/v1/log");
        client = HttpClient.newBuilder()
                .connectTimeout(REQUEST_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** The entry as the service took it, or as it has it already. */
    byte[] create(byte[] proposed) throws LogUnavailable {
        HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(entries)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(proposed)));
        if (answer.statusCode() == 409) {
            return ok(send(HttpRequest.newBuilder(existing(answer)).GET()));
        }
        if (answer.statusCode() != 201) {
            throw refused(answer);
        }
        return answer.body();
    }

    private URI existing(HttpResponse<byte[]> conflict) throws LogUnavailable {
        String location = conflict.headers().firstValue("Location").orElse("");
        try {
            URI place = entries.resolve(location);
            // The service must not send us anywhere but to itself.
            if (place.getPath().startsWith(entries.getPath() + "/")
                    && entries.getScheme().equals(place.getScheme())
                    && entries.getRawAuthority().equals(place.getRawAuthority())) {
                return place;
            }
        } catch (IllegalArgumentException noUri) {
            throw unavailable("answered 409 with a Location that is no address", noUri);
        }
        throw unavailable("answered 409 without the place of the existing entry", null);
    }

    /** Null when the service has none there. */
    byte @Nullable [] entryAt(long logIndex) throws LogUnavailable {
        URI place = URI.create(entries + "?logIndex=" + logIndex);
        HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(place).GET());
        return answer.statusCode() == 404 ? null : ok(answer);
    }

    /** What the service says of its trees: the active one, and {@code inactiveShards}. */
    JsonNode trees() throws LogUnavailable {
        return json(ok(send(HttpRequest.newBuilder(tree).GET())));
    }

    /** A proof that the later tree begins with the earlier one; an empty object when the service has none. */
    JsonNode consistency(RekorCheckpoint earlier, RekorCheckpoint later) throws LogUnavailable {
        String id = later.treeId();
        URI place = URI.create(tree + "/proof?firstSize=" + Math.max(1, earlier.size()) + "&lastSize=" + later.size()
                + (id.isEmpty() ? "" : "&treeID=" + id));
        HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(place).GET());
        boolean none = answer.statusCode() == 400 || answer.statusCode() == 404;
        return json(none ? new byte[] {'{', '}'} : ok(answer));
    }

    private JsonNode json(byte[] body) throws LogUnavailable {
        try {
            return StrictJson.parse(body);
        } catch (StrictJson.JsonRefused malformed) {
            throw unavailable("answered something that is not JSON", malformed);
        }
    }

    private byte[] ok(HttpResponse<byte[]> answer) throws LogUnavailable {
        if (answer.statusCode() != 200) {
            throw refused(answer);
        }
        return answer.body();
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws LogUnavailable {
        try {
            return client.send(
                    request.timeout(REQUEST_TIMEOUT)
                            .header("Accept", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER));
        } catch (IOException e) {
            throw unavailable(
                    "cannot be reached: " + (e.getMessage() == null ? "no connection is made" : e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("was not waited for: interrupted", e);
        }
    }

    private LogUnavailable refused(HttpResponse<byte[]> answer) {
        return unavailable("answered " + answer.statusCode(), null);
    }

    LogUnavailable unavailable(String what, @Nullable Throwable cause) {
        return new LogUnavailable("The transparency log " + tree + " " + what, cause);
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
