package bulwark.doctor.client;

import bulwark.doctor.target.Target;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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

    private ProbeAnswer send(HttpClient client, HttpRequest.Builder request) throws IOException, InterruptedException {
        budget.take();
        HttpResponse<byte[]> answer =
                client.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY));
        return new ProbeAnswer(answer.statusCode(), answer.headers(), answer.body());
    }

    String visitId() {
        return visitId;
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
        budget.take();
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(base.getHost(), port(base)), (int) timeout.toMillis());
            socket.setSoTimeout((int) timeout.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException(base + " takes no connection: " + e.getMessage(), e);
        }
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
