package bulwark.seats.chain;

import bulwark.seats.chain.RpcFailed.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** HTTP with one endpoint: one deadline for the whole answer, and a bound on its size. Redirects are not followed. Thread-safe. */
public final class EndpointClient implements AutoCloseable {
    /** A thousand blocks of events, or a thousand validators, at most. */
    public static final int MAX_ANSWER_BYTES = 8 << 20;

    private final RpcEndpoint endpoint;
    private final Duration timeout;
    private final HttpClient http;

    /** @param timeout from the request to the last byte of the answer */
    public EndpointClient(RpcEndpoint endpoint, Duration timeout) {
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

    /** @param question what a failure is called by, and what the path of the endpoint is followed by @throws RpcFailed when there is no answer with status 200 */
    public byte[] get(String question, String path) {
        return send(question, HttpRequest.newBuilder(under(path)).GET());
    }

    /** As {@link #get}, with a body of JSON. @param path empty for the endpoint itself */
    public byte[] post(String question, String path, byte[] body) {
        return send(
                question,
                HttpRequest.newBuilder(under(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private URI under(String path) {
        String base = endpoint.uri().toString();
        return path.isEmpty() ? endpoint.uri() : URI.create(base.replaceFirst("/+$", "") + path);
    }

    private byte[] send(String question, HttpRequest.Builder request) {
        // The body is read on another thread, so that a client that stops in the middle meets the deadline too.
        CompletableFuture<byte[]> answer = http.sendAsync(
                        request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofInputStream())
                .thenApplyAsync(response -> read(question, response), Thread::startVirtualThread);
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw failed(question, Kind.TIMED_OUT, "no whole answer within " + timeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(question, Kind.UNREACHABLE, "interrupted");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw failure(question, cause == null ? e : cause);
        }
    }

    private RpcFailed failure(String question, Throwable cause) {
        return switch (cause) {
            case RpcFailed failed -> failed;
            case HttpTimeoutException _ ->
                failed(question, Kind.TIMED_OUT, "no answer within " + timeout.toMillis() + " ms");
            default -> failed(question, Kind.UNREACHABLE, cause.getClass().getSimpleName());
        };
    }

    private byte[] read(String question, HttpResponse<InputStream> response) {
        try (InputStream in = response.body()) {
            if (response.statusCode() != 200) {
                throw failed(question, Kind.STATUS, "status " + response.statusCode());
            }
            byte[] bytes = in.readNBytes(MAX_ANSWER_BYTES + 1);
            if (bytes.length > MAX_ANSWER_BYTES) {
                throw failed(question, Kind.TOO_LARGE, "more than " + MAX_ANSWER_BYTES + " bytes");
            }
            return bytes;
        } catch (IOException e) {
            throw failed(question, Kind.UNREACHABLE, "the answer broke off");
        }
    }

    /** For a reader of answers. */
    public RpcFailed failed(String question, Kind kind, String detail) {
        return new RpcFailed(endpoint.label(), question, kind, detail);
    }

    /** Breaks off what is under way: an endpoint that never ends its answer must not keep a service from stopping. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
