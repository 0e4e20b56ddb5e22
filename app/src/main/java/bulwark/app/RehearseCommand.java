package bulwark.app;

import bulwark.app.stem.Stem;
import bulwark.facts.node.FactsNode;
import bulwark.kernel.keys.OwnerOnlyFiles;
import bulwark.kernel.keys.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Starts a node on a throw-away store, uses it once, stops: the run from which the launcher makes the start-up cache. */
@Command(name = "rehearse", hidden = true, description = "Start, use and stop a throw-away node in this folder.")
final class RehearseCommand implements Callable<Integer> {
    private static final String FACT =
            "{\"entity\":\"stigmem://demo/team/blue\",\"relation\":\"memory:prefers\",\"value\":\"tea\",\"scope\":\"company\"}";

    private final String key =
            HexFormat.of().formatHex(Signing.fastest().random32().expose(SecretAccess.grant()));

    @Override
    public Integer call() throws Exception {
        Path directory = Path.of("").toAbsolutePath();
        FactsSetup.issueCertificates(directory.resolve("tls"));
        TlsFiles files = FactsSetup.tlsFiles(directory.resolve("tls"));
        Map<String, String> settings = Map.of(
                "STIGMEM_ADMIN_KEY", key,
                "STIGMEM_HOST", "127.0.0.1",
                "STIGMEM_PORT", Integer.toString(freePort()),
                "STIGMEM_LOCAL_HTTP_PORT", Integer.toString(freePort()),
                "STIGMEM_TLS_CERT_PATH", files.certificate().toString(),
                "STIGMEM_TLS_KEY_PATH", files.privateKey().toString(),
                "STIGMEM_TLS_CA_BUNDLE", files.caBundle().toString());
        for (int start = 0; start < 2; start++) {
            try (FactsNode node = FactsNode.start(settings, directory, Clock.systemUTC())) {
                useOnce(node, files);
            }
        }
        useTasks(directory);
        return 0;
    }

    /** A worker and the commands that people type most, on an embedded broker in this folder. */
    private static void useTasks(Path directory) throws IOException, InterruptedException {
        String secret =
                Base64.getEncoder().encodeToString(Signing.fastest().random32().expose(SecretAccess.grant()));
        String settings = "STEM_SIGNING_KEYS=primary:" + secret + "\nSTEM_SIGNING_ACTIVE_KEY=primary\n";
        OwnerOnlyFiles.write(directory.resolve(".env"), settings.getBytes(StandardCharsets.UTF_8));
        Thread worker = Thread.ofPlatform().daemon().start(() -> Stem.execute("worker", "start"));
        stem("enqueue", "demo.echo", "--args", "{\"hello\":\"world\"}", "--wait");
        stem("dlq", "list", "--queue", "default");
        stem("schedule", "list");
        stem("worker", "shutdown", "--mode", "warm");
        if (!worker.join(Duration.ofSeconds(30))) {
            throw new CommandFailed("the worker did not stop");
        }
    }

    private static void stem(String... arguments) {
        int code = Stem.execute(arguments);
        if (code != 0) {
            throw new CommandFailed("stem " + String.join(" ", arguments) + " ended with code " + code);
        }
    }

    private void useOnce(FactsNode node, TlsFiles files) throws IOException, InterruptedException {
        String plain = "http://localhost:" + node.plainPort();
        try (ReloadingTls tls = ReloadingTls.load(files, Clock.systemUTC());
                HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .sslContext(tls.context())
                        .build()) {
            expect(200, send(client, "https://localhost:" + node.port() + "/healthz", null));
            HttpResponse<String> fact = send(client, plain + "/v1/facts", FACT);
            expect(201, fact);
            expect(200, send(client, plain + "/v1/facts?entity=stigmem%3A%2F%2Fdemo%2Fteam%2Fblue", null));
            expect(200, send(client, plain + "/v1/recall", "{\"query\":\"tea\",\"scope\":\"company\"}"));
            expect(200, send(client, plain + "/metrics", null));
            expect(404, send(client, plain + "/v1/facts/none", null));
        }
    }

    private HttpResponse<String> send(HttpClient client, String uri, @org.jspecify.annotations.Nullable String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", "Bearer " + key)
                .header("Stigmem-Verify", "full");
        if (body != null) {
            request.header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void expect(int status, HttpResponse<String> response) {
        if (response.statusCode() != status) {
            throw new CommandFailed(response.uri() + " answered " + response.statusCode() + ": " + response.body());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
