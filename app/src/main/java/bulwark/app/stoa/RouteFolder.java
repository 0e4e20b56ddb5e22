package bulwark.app.stoa;

import bulwark.gateway.files.GatewayDocument;
import bulwark.gateway.files.RouteFiles;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import java.io.IOException;
import java.nio.file.Path;

/** Routes and policies of a folder for a command; what is wrong becomes the command's error. */
final class RouteFolder {
    private RouteFolder() {}

    static GatewayDocument read(Path folder) {
        try {
            return RouteFiles.read(folder);
        } catch (RoutesRefused e) {
            throw new CommandFailed(ExitCode.SETTINGS, String.join("\n", e.sentences()));
        } catch (IOException e) {
            throw CommandFailed.usage(String.valueOf(e.getMessage()));
        }
    }
}
