package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.app.cli.SecretOption;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.tls.ReloadingTls;
import bulwark.kernel.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The options every HTTP command shares, and the call itself. The key comes from the environment rather than the process list. */
final class NodeClient {
    private final CommandContext context;

    @Option(
            names = "--node-url",
            description = "Base URL of the node (default: STIGMEM_URL, else http://localhost:8000).")
    private @Nullable String nodeUrl;

    @Option(
            names = "--api-key",
            description =
                    "Only -, which reads the key from standard input (default: STIGMEM_API_KEY, else STIGMEM_ADMIN_KEY).")
    private @Nullable String apiKey;

    @Option(names = "--cacert", description = "CA bundle (PEM) for mutual TLS.")
    private @Nullable Path caBundle;

    @Option(names = "--cert", description = "Client certificate (PEM).")
    private @Nullable Path certificate;

    @Option(names = "--key", description = "Client key (PEM, PKCS#8).")
    private @Nullable Path privateKey;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    NodeClient(CommandContext context) {
        this.context = context;
    }

    JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
        Configuration settings =
                Configuration.readLenient(NodeSettings.schema(), context.environment(), context.directory());
        String base = nodeUrl != null
                ? nodeUrl
                : settings.isSet("STIGMEM_URL") ? settings.text("STIGMEM_URL") : localBase(settings);
        HttpRequest request = HttpRequest.newBuilder(URI.create(base.replaceAll("/+$", "") + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + key(settings))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(StrictJson.write(body)))
                .build();
        try (HttpClient client = client(settings, base)) {
            HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() >= 300) {
                throw new CommandFailed(
                        "HTTP " + response.statusCode() + ": " + new String(response.body(), StandardCharsets.UTF_8));
            }
            return StrictJson.parse(response.body());
        } catch (java.net.ConnectException e) {
            throw new CommandFailed("no node answers at " + base + ": start one, or name it with --node-url");
        }
    }

    private static String localBase(Configuration settings) {
        boolean second = NodeSettings.mutualTls(settings) || !settings.isSet("STIGMEM_PORT");
        return "http://localhost:" + settings.port(second ? "STIGMEM_LOCAL_HTTP_PORT" : "STIGMEM_PORT");
    }

    private String key(Configuration settings) throws IOException {
        Optional<String> given = SecretOption.read("--api-key", apiKey, context.in(), "STIGMEM_API_KEY");
        if (given.isPresent()) {
            return given.get();
        }
        SecretBytes key = settings.secret("STIGMEM_API_KEY")
                .or(() -> settings.secret("STIGMEM_ADMIN_KEY"))
                .orElseThrow(() -> new CommandFailed("no API key: set STIGMEM_API_KEY"));
        return key.exposeText(SecretAccess.grant());
    }

    private HttpClient client(Configuration settings, String base) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10));
        if (base.startsWith("https:")) {
            TlsFiles files = new TlsFiles(
                    file(certificate, settings, "STIGMEM_TLS_CERT_PATH", "--cert"),
                    file(privateKey, settings, "STIGMEM_TLS_KEY_PATH", "--key"),
                    file(caBundle, settings, "STIGMEM_TLS_CA_BUNDLE", "--cacert"));
            builder.sslContext(ReloadingTls.load(files, context.clock()).context());
        }
        return builder.build();
    }

    private ConfiguredPath file(@Nullable Path given, Configuration settings, String setting, String option) {
        if (given != null) {
            return new ConfiguredPath(context.directory().resolve(given), option);
        }
        if (!settings.isSet(setting)) {
            throw new CommandFailed("an https node wants mutual TLS: give " + option + " or set " + setting);
        }
        return new ConfiguredPath(context.directory().resolve(settings.text(setting)), setting);
    }

    boolean printedAsJson(JsonNode answer) {
        if (json) {
            context.out().println(Json.compact(answer));
        }
        return json;
    }
}
