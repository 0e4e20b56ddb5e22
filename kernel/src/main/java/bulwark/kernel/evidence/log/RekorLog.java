package bulwark.kernel.evidence.log;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Ed25519Signer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A Rekor service. Appending the same payload under the same key again yields the first entry: Ed25519 signatures are deterministic, and
 * the service answers 409 with the place of what it has. After a key rotation the service takes it for a new entry.
 */
final class RekorLog implements TransparencyLog {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(15);
    private static final long MAX_ANSWER = 1 << 20;
    /** How far the service's clock may be ahead of ours before its times are worthless as evidence. */
    private static final Duration SKEW = Duration.ofHours(1);

    private final URI entries;
    private final URI tree;
    private final Supplier<Ed25519Signer> signer;
    private final Clock clock;
    private final HttpClient client;

    RekorLog(URI service, Supplier<Ed25519Signer> signer, Clock clock) {
        String base = service.toString().replaceAll("/+$", "");
        entries = URI.create(base + "/api/v1/log/entries");
        tree = URI.create(base + "/api/v1/log");
        this.signer = signer;
        this.clock = clock;
        client = HttpClient.newBuilder()
                .connectTimeout(REQUEST_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public String backend() {
        return "rekor";
    }

    @Override
    public LogEntry append(LogLeaf leaf) throws LogUnavailable {
        RekorEntry entry = RekorEntry.of(leaf, signer.get());
        HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(entries)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(entry.request())));
        if (answer.statusCode() == 409) {
            answer = send(HttpRequest.newBuilder(existing(answer)).GET());
            if (answer.statusCode() != 200) {
                throw refused(answer);
            }
        } else if (answer.statusCode() != 201) {
            throw refused(answer);
        }
        return entry(entry, leaf, answer.body());
    }

    private URI existing(HttpResponse<byte[]> conflict) throws LogUnavailable {
        String location = conflict.headers().firstValue("Location").orElse("");
        try {
            URI place = entries.resolve(location);
            // Whoever answers must not send us anywhere but to itself.
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

    private LogEntry entry(RekorEntry sent, LogLeaf leaf, byte[] body) throws LogUnavailable {
        try {
            JsonNode answer = StrictJson.parse(body);
            if (!answer.isObject() || answer.size() != 1) {
                throw unavailable("answered something else than one entry", null);
            }
            Map.Entry<String, JsonNode> only = answer.properties().iterator().next();
            JsonNode entry = only.getValue();
            JsonNode kept = entry.path("body");
            JsonNode logId = entry.path("logID");
            JsonNode logIndex = entry.path("logIndex");
            JsonNode time = entry.path("integratedTime");
            if (!kept.isString() || !logId.isString() || !logIndex.isIntegralNumber() || !time.isIntegralNumber()) {
                throw unavailable("answered an entry without body, logID, logIndex or integratedTime", null);
            }
            if (!sent.isIn(kept.stringValue())) {
                throw unavailable("answered an entry that is not the one sent", null);
            }
            if (time.longValue() > clock.instant().plus(SKEW).getEpochSecond()) {
                throw unavailable("answered an entry of the future; check the clock of this machine", null);
            }
            Map<String, @Nullable Object> raw = new LinkedHashMap<>();
            raw.put("uuid", only.getKey());
            raw.putAll(LogRecord.object(entry));
            raw.put("payload", leaf.payload());
            Map<String, @Nullable Object> proof =
                    LogRecord.object(entry.path("verification").path("inclusionProof"));
            return new LogEntry(
                    logId.stringValue(), sent.leafHash(), logIndex.longValue(), time.longValue(), proof, raw);
        } catch (StrictJson.JsonRefused malformed) {
            throw unavailable("answered something that is not JSON", malformed);
        }
    }

    /** The entry must be of this payload, stand at this index, and lie in the tree that the service shows with it. */
    @Override
    public boolean holds(LogLeaf leaf, long logIndex) throws LogUnavailable {
        URI place = URI.create(entries + "?logIndex=" + logIndex);
        HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(place).GET());
        if (answer.statusCode() == 404) {
            return false;
        }
        if (answer.statusCode() != 200) {
            throw refused(answer);
        }
        try {
            JsonNode found = StrictJson.parse(answer.body());
            return found.isObject()
                    && found.size() == 1
                    && isAt(found.properties().iterator().next().getValue(), leaf, logIndex);
        } catch (StrictJson.JsonRefused malformed) {
            throw unavailable("answered something that is not JSON", malformed);
        }
    }

    private static boolean isAt(JsonNode entry, LogLeaf leaf, long logIndex) {
        String body = entry.path("body").stringValue("");
        return entry.path("logIndex").longValue(-1) == logIndex
                && RekorEntry.isOf(body, LogRecord.leafHash(leaf.payload()))
                && RekorProof.proves(body, entry.path("verification").path("inclusionProof"));
    }

    @Override
    public void ping() throws LogUnavailable {
        HttpResponse<byte[]> answer = send(HttpRequest.newBuilder(tree).GET());
        if (answer.statusCode() != 200) {
            throw refused(answer);
        }
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws LogUnavailable {
        try {
            return client.send(
                    request.timeout(REQUEST_TIMEOUT)
                            .header("Accept", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER));
        } catch (IOException e) {
            throw unavailable("cannot be reached: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("was not waited for: interrupted", e);
        }
    }

    private LogUnavailable refused(HttpResponse<byte[]> answer) {
        return unavailable("answered " + answer.statusCode(), null);
    }

    private LogUnavailable unavailable(String what, @Nullable Throwable cause) {
        return new LogUnavailable("The transparency log " + tree + " " + what, cause);
    }

    /** Nothing lies here that could be checked. */
    @Override
    public List<String> fsck() {
        return List.of();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
