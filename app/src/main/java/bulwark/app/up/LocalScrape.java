package bulwark.app.up;

import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** The metrics of a process on this machine. */
public final class LocalScrape {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

    private LocalScrape() {}

    /**
     * The Prometheus text.
     *
     * @param uri plain HTTP
     * @throws IOException when there is none
     */
    public static String of(String uri) throws IOException, InterruptedException {
        try (HttpClient client = builder().build()) {
            return of(client, uri);
        }
    }

    /** As {@link #of(String)}, over TLS. @param authority PEM of those that may vouch for the server */
    public static String of(String uri, Path authority) throws IOException, InterruptedException {
        ClientTls.Files files = ClientTls.Files.unnamed(null, null, authority);
        try (ClientTls tls =
                        ClientTls.load(files, ClientTls.Servers.TRUSTED, TlsPolicy.publicServer(), Clock.systemUTC());
                HttpClient client = builder().sslContext(tls.context()).build()) {
            return of(client, uri);
        }
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
    }

    private static String of(HttpClient client, String uri) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(uri)).timeout(ANSWER_TIMEOUT).build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(uri + " answered " + answer.statusCode());
        }
        return answer.body();
    }
}
