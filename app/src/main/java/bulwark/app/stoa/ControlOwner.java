package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.gateway.control.ControlPlane;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** One command's talk with the control plane over the owner's socket; a refusal becomes the command's error. */
final class ControlOwner implements AutoCloseable {
    private final LocalAdminClient channel;

    private ControlOwner(LocalAdminClient channel) {
        this.channel = channel;
    }

    static ControlOwner of(CommandContext context) {
        return new ControlOwner(ControlPlane.owner(ControlPlaneCommand.database(context), "", context.clock()));
    }

    /** The answer's JSON. @throws CommandFailed with the refusal's own sentence */
    JsonNode post(String path, Map<String, Object> body) {
        Response response = channel.post(path, StrictJson.write(body));
        if (response.status() >= 300) {
            throw new CommandFailed(sentence(response));
        }
        return StrictJson.parse(response.body());
    }

    private static String sentence(Response response) {
        try {
            return StrictJson.parse(response.body()).path("detail").asString("status " + response.status());
        } catch (StrictJson.JsonRefused e) {
            return "status " + response.status() + ": " + new String(response.body(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
