package bulwark.doctor.client;

import bulwark.doctor.target.Target;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which probes reach a target. Each request counts, bears the mark of its visit, follows no redirect, and goes to no address that the target does not name: a credential cannot be lured
 * elsewhere. An answer is at most 1 MiB. Blocks; interruptible. Thread-safe.
 */
public final class ProbeClient implements AutoCloseable {
    /** Header by which the target's own records tell the doctor's requests from others'. */
    public static final String MARK = "Bulwark-Doctor-Visit";

    private static final long MAX_BODY = 1 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    private final List<URI> addresses;
    private final String visitId;
    private final RequestBudget budget = new RequestBudget();
    private final SilentAddresses silent = new SilentAddresses();
    private final HttpClient plain;
    private final Map<String, ClientTls> servers = new ConcurrentHashMap<>();

    public ProbeClient(Target target, String visitId) {
        this.addresses = target.addresses();
        this.visitId = visitId;
        this.plain = client(Optional.empty());
    }

    private static HttpClient client(Optional<ClientTls> tls) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(TIMEOUT);
        tls.ifPresent(each -> builder.sslContext(each.context()));
        return builder.build();
    }

    /** One question. @param key null for none */
    public ProbeAnswer get(URI base, String target, @Nullable SecretBytes key)
            throws IOException, InterruptedException {
        return send(plain, request(base, target, key).GET());
    }

    /**
     * @param json the body
     * @param headers names and values in turn
     */
    public ProbeAnswer post(URI base, String target, @Nullable SecretBytes key, String json, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(base, target, key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json));
        for (int i = 0; i + 1 < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(plain, request);
    }

    /**
     * Any method and body, with these headers and no others of a client's own.
     *
     * @param body empty for none
     * @param headers names and values in turn; a name may come twice
     */
    public ProbeAnswer exchange(URI base, String method, String target, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(base, target, null)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (int i = 0; i + 1 < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return send(plain, request);
    }

    /** Any method, without a body. */
    public ProbeAnswer ask(String method, URI base, String target, @Nullable SecretBytes key)
            throws IOException, InterruptedException {
        return send(plain, request(base, target, key).method(method, BodyPublishers.noBody()));
    }

    /** As {@link #get}, over TLS, as the holder of a certificate. */
    public ProbeAnswer getAs(ClientIdentity identity, Clock clock, URI base, String target, @Nullable SecretBytes key)
            throws IOException, InterruptedException {
        try (ClientTls tls = identity.tls(clock);
                HttpClient client = client(Optional.of(tls))) {
            return send(client, request(base, target, key).GET());
        }
    }

    private HttpRequest.Builder request(URI base, String target, @Nullable SecretBytes key) {
        HttpRequest.Builder request = HttpRequest.newBuilder(checked(base).resolve(target))
                .timeout(TIMEOUT)
                .header("User-Agent", "bulwark-doctor")
                .header(MARK, visitId);
        if (key != null) {
            request.header("Authorization", "Bearer " + key.exposeText(SecretAccess.grant()));
        }
        return request;
    }

    private ProbeAnswer send(HttpClient client, HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        URI base = base(request.uri());
        silent.check(base);
        budget.take();
        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY));
        try {
            // The request's own timeout ends with the head of the answer: a body that drips would go on for ever.
            HttpResponse<byte[]> answer = exchange.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            silent.answered(base);
            return new ProbeAnswer(answer.statusCode(), answer.headers(), answer.body());
        } catch (TimeoutException slow) {
            silent.failed(base);
            throw new IOException(base + " had not answered in whole after " + TIMEOUT.toSeconds() + " s", slow);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof HttpTimeoutException) {
                silent.failed(base);
            }
            throw new IOException(sentence(base, failed.getCause()), failed.getCause());
        } finally {
            exchange.cancel(true);
        }
    }

    private static String sentence(URI base, @Nullable Throwable cause) {
        String detail = cause == null || cause.getMessage() == null ? "" : ": " + PrintableText.of(cause.getMessage());
        return switch (cause) {
            case HttpTimeoutException _ -> base + " did not answer within " + TIMEOUT.toSeconds() + " s";
            case ConnectException _ -> base + " takes no connection";
            case SSLException _ -> base + " and the doctor made no TLS connection" + detail;
            case null, default -> base + " gave no answer that can be read" + detail;
        };
    }

    /** Scheme, host and port. */
    private static URI base(URI uri) {
        return URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
    }

    /** For servers that one authority vouches for, without a certificate of the doctor's. @param authority PEM, or null for those of the system */
    ClientTls tls(@Nullable Path authority, Clock clock) {
        return servers.computeIfAbsent(
                String.valueOf(authority),
                same -> ClientTls.load(
                        ClientTls.Files.unnamed(null, null, authority),
                        ClientTls.Servers.TRUSTED,
                        TlsPolicy.publicServer(),
                        clock));
    }

    /** A TCP connection for bytes of the caller's own. */
    Socket connect(URI base, Duration timeout) throws IOException {
        checked(base);
        silent.check(base);
        budget.take();
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(base.getHost(), port(base)), (int) timeout.toMillis());
            socket.setSoTimeout((int) timeout.toMillis());
            return socket;
        } catch (IOException e) {
            if (e instanceof SocketTimeoutException) {
                silent.failed(base);
            }
            socket.close();
            throw new IOException(base + " takes no connection: " + e.getMessage(), e);
        }
    }

    /** As the target's records have it. */
    String visitId() {
        return visitId;
    }

    /** It took a connection and said nothing: nobody waits for it in this visit. */
    void isSilent(URI base) {
        silent.silent(base);
    }

    /** A handshake came to an end. */
    void answered(URI base) {
        silent.answered(base);
    }

    /** Nothing came in time. */
    void failed(URI base) {
        silent.failed(base);
    }

    /** The port of an address, named or implied. */
    static int port(URI base) {
        return base.getPort() >= 0 ? base.getPort() : base.getScheme().equals("https") ? 443 : 80;
    }

    private URI checked(URI base) {
        if (!addresses.contains(base)) {
            throw new IllegalStateException(base + " is no address of the target: nothing is sent there");
        }
        return base;
    }

    /** The credential that a file holds. @throws IOException when it cannot be read */
    public static SecretBytes credential(Path file) throws IOException {
        return SecretBytes.ofText(Files.readString(file).strip());
    }

    /** Requests and handshakes so far. */
    public int sent() {
        return budget.sent();
    }

    @Override
    public void close() {
        plain.shutdownNow();
        servers.values().forEach(ClientTls::close);
    }
}
