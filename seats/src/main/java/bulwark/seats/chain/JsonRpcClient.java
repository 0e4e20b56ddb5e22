package bulwark.seats.chain;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.chain.RpcFailed.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;

/** JSON-RPC 2.0 over HTTP with one client: one deadline for the whole answer, and a bound on its size. Redirects are not followed. Thread-safe. */
public final class JsonRpcClient implements AutoCloseable {
    /** A thousand blocks of events at most. */
    static final int MAX_ANSWER_BYTES = 8 << 20;

    /** Code of an error whose call reverted, as execution clients agree. */
    private static final long REVERTED = 3;

    private static final int MAX_REVERT_TEXT = 8_194;

    private final RpcEndpoint endpoint;
    private final Duration timeout;
    private final HttpClient http;
    private final AtomicLong nextId = new AtomicLong(1);

    /** @param timeout from the request to the last byte of the answer */
    public JsonRpcClient(RpcEndpoint endpoint, Duration timeout) {
        this.endpoint = endpoint;
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    public String label() {
        return endpoint.label();
    }

    /** The member {@code result}, which may be JSON's null. @throws RpcFailed with what was odd */
    public JsonNode call(String method, Object... parameters) {
        long id = nextId.getAndIncrement();
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("jsonrpc", "2.0");
        request.put("id", id);
        request.put("method", method);
        request.put("params", List.of(parameters));
        return result(method, id, post(method, StrictJson.write(request)));
    }

    private byte[] post(String method, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(endpoint.uri())
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        // The body is read on another thread, so that a client that stops in the middle meets the deadline too.
        CompletableFuture<byte[]> answer = http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                .thenApplyAsync(response -> read(method, response), Thread::startVirtualThread);
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw failed(method, Kind.TIMED_OUT, "no whole answer within " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(method, Kind.UNREACHABLE, "interrupted");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw failure(method, cause == null ? e : cause);
        }
    }

    private RpcFailed failure(String method, Throwable cause) {
        return switch (cause) {
            case RpcFailed failed -> failed;
            case HttpTimeoutException _ ->
                failed(method, Kind.TIMED_OUT, "no answer within " + timeout.toMillis() + " ms");
            default -> failed(method, Kind.UNREACHABLE, cause.getClass().getSimpleName());
        };
    }

    private byte[] read(String method, HttpResponse<InputStream> response) {
        try (InputStream in = response.body()) {
            if (response.statusCode() != 200) {
                throw failed(method, Kind.STATUS, "status " + response.statusCode());
            }
            byte[] bytes = in.readNBytes(MAX_ANSWER_BYTES + 1);
            if (bytes.length > MAX_ANSWER_BYTES) {
                throw failed(method, Kind.TOO_LARGE, "more than " + MAX_ANSWER_BYTES + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw failed(method, Kind.UNREACHABLE, "the answer broke off");
        }
    }

    /** For a fuzz target: what is made of the bytes of an answer. */
    JsonNode result(String method, long id, byte[] answer) {
        JsonNode json;
        try {
            json = StrictJson.parse(answer);
        } catch (StrictJson.JsonRefused e) {
            throw failed(method, Kind.NOT_JSON, "no strict JSON");
        }
        if (!json.isObject()
                || !json.path("id").isIntegralNumber()
                || !json.path("id").canConvertToLong()
                || json.path("id").longValue() != id) {
            throw failed(method, Kind.NOT_AN_ANSWER, "no object with the id of the request");
        }
        JsonNode error = json.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            throw error(method, error);
        }
        if (!json.has("result")) {
            throw failed(method, Kind.NOT_AN_ANSWER, "neither result nor error");
        }
        return json.get("result");
    }

    private RpcFailed error(String method, JsonNode error) {
        String message =
                error.path("message").isString() ? error.path("message").stringValue() : "an error without words";
        boolean reverted = error.path("code").asLong(0) == REVERTED || message.startsWith("execution reverted");
        if (!reverted) {
            return failed(method, Kind.ERROR, message);
        }
        String data = error.path("data").asString("");
        boolean sound = data.length() <= MAX_REVERT_TEXT && data.matches("0x([0-9a-fA-F]{2})*");
        return new RpcFailed(endpoint.label(), method, Kind.REVERTED, message, sound ? data : "0x");
    }

    RpcFailed failed(String method, Kind kind, String detail) {
        return new RpcFailed(endpoint.label(), method, kind, detail);
    }

    @Override
    public void close() {
        http.close();
    }
}
