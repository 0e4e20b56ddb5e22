package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.gateway.GatewaySettings;
import bulwark.gateway.files.GatewayDocument;
import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicyJson;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** The options of every command that talks to a running gateway, and the call itself. The token comes from a file or the environment, never from the command line. */
final class AdminConnection {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private final CommandContext context;

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            description = "Base URL of the admin API (default: loopback, STOA_ADMIN_PORT or else STOA_PORT).")
    private @Nullable String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Owner-only file with the admin token (default: STOA_ADMIN_API_TOKEN_FILE or STOA_ADMIN_API_TOKEN).")
    private @Nullable Path tokenFile;

    AdminConnection(CommandContext context) {
        this.context = context;
    }

    /** The routes and policies of the gateway. */
    GatewayDocument document() throws IOException, InterruptedException {
        List<ApiRoute> routes = new ArrayList<>();
        List<ApiPolicy> policies = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (JsonNode route : call("GET", "/admin/apis", null)) {
            routes.add(RouteJson.read(route, "routes.", faults));
        }
        for (JsonNode policy : call("GET", "/admin/policies", null)) {
            policies.add(PolicyJson.read(policy, "policies.", faults));
        }
        if (!faults.isEmpty()) {
            throw new CommandFailed("the gateway answers routes or policies that this version does not know: "
                    + String.join("; ", faults));
        }
        return new GatewayDocument(routes, policies);
    }

    /** Adds the route, or replaces the one of the same id. @throws CommandFailed with every sentence of a refusal */
    void upsert(ApiRoute route) throws IOException, InterruptedException {
        call("POST", "/admin/apis", StrictJson.write(RouteJson.fields(route)));
    }

    /** @throws CommandFailed with every sentence of a refusal */
    JsonNode apply(GatewayDocument wanted) throws IOException, InterruptedException {
        return call("POST", "/admin/apis/apply", StrictJson.write(wanted.fields()));
    }

    private JsonNode call(String method, String path, byte @Nullable [] json) throws IOException, InterruptedException {
        Configuration settings = settings();
        String base = url != null ? url.replaceAll("/+$", "") : localBase(settings);
        String token = settings.secret("STOA_ADMIN_API_TOKEN")
                .orElseThrow(
                        () -> CommandFailed.usage(
                                "no admin token: give --token-file, or set STOA_ADMIN_API_TOKEN_FILE to the file that the gateway reads"))
                .exposeText(SecretAccess.grant());
        HttpRequest request = HttpRequest.newBuilder(uri(base + path))
                .timeout(ANSWER_TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .method(method, json == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(json))
                .build();
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build()) {
            return answer(client.send(request, BodyHandlers.ofByteArray()), base);
        } catch (ConnectException e) {
            throw new CommandFailed(
                    "no gateway answers at " + base + ": start one with bin/stoa gateway, or name it with --admin-url");
        }
    }

    private static JsonNode answer(HttpResponse<byte[]> response, String base) {
        if (response.statusCode() == 401) {
            throw new CommandFailed("the gateway at " + base
                    + " does not know this admin token: give the current one with --token-file");
        }
        if (response.statusCode() == 404) {
            throw new CommandFailed("there is no admin API at " + base
                    + ": it stands on STOA_ADMIN_PORT, or on STOA_PORT while that is bound to loopback");
        }
        if (response.statusCode() >= 300) {
            throw new CommandFailed(refusal(response));
        }
        return StrictJson.parse(response.body());
    }

    private static String refusal(HttpResponse<byte[]> response) {
        try {
            JsonNode body = StrictJson.parse(response.body());
            if (body.path("errors").isArray()) {
                return "the gateway refuses this and has changed nothing:\n  "
                        + String.join(
                                "\n  ",
                                body.path("errors").values().stream()
                                        .map(JsonNode::asString)
                                        .toList());
            }
            return "the gateway refuses this: " + body.path("message").asString(body.toString());
        } catch (StrictJson.JsonRefused e) {
            return "HTTP " + response.statusCode() + ": " + new String(response.body(), StandardCharsets.UTF_8);
        }
    }

    private Configuration settings() {
        Map<String, String> environment = new HashMap<>(context.environment());
        if (tokenFile != null) {
            environment.remove("STOA_ADMIN_API_TOKEN");
            environment.put("STOA_ADMIN_API_TOKEN_FILE", tokenFile.toString());
        }
        return Configuration.readLenient(GatewaySettings.schema(), environment, context.directory());
    }

    private static String localBase(Configuration settings) {
        int admin = settings.port("STOA_ADMIN_PORT");
        return "http://127.0.0.1:" + (admin == 0 ? settings.port("STOA_PORT") : admin);
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage("--admin-url is no URL: write it as http://127.0.0.1:8080");
        }
    }
}
