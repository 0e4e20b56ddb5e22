package bulwark.app.stigmem;

import bulwark.facts.node.NodeAdmin;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One owner's command's talk with a node; a refusal becomes the command's error. */
final class LocalAdmin implements AutoCloseable {
    private final LocalAdminClient channel;

    private LocalAdmin(LocalAdminClient channel) {
        this.channel = channel;
    }

    static LocalAdmin of(Path store, Configuration settings, Clock clock) {
        return new LocalAdmin(NodeAdmin.open(settings, store, clock));
    }

    /** The answer's JSON. @throws CommandFailed with the refusal's own sentence */
    JsonNode post(String path, Map<String, ? extends @Nullable Object> body) {
        Response response = channel.post(path, StrictJson.write(body));
        if (response.status() >= 300) {
            throw new CommandFailed(sentence(response));
        }
        return StrictJson.parse(response.body());
    }

    private static String sentence(Response response) {
        try {
            JsonNode detail = StrictJson.parse(response.body()).path("detail");
            JsonNode message = detail.isString() ? detail : detail.path("message");
            return message.isString() ? message.stringValue() : detail.toString();
        } catch (StrictJson.JsonRefused e) {
            return "status " + response.status() + ": " + new String(response.body(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
