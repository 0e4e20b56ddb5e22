package bulwark.acceptance.gateway;

import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Debian's Alertmanager looks for its templates under /usr/share alone. Where it is not installed but brought, they are shown to it there, in a mount namespace of its own. */
final class TemplatesInPlace {
    private static final String TEMPLATES = "usr/share/prometheus";
    private static final String ONE = TEMPLATES + "/alertmanager/default.tmpl";

    private TemplatesInPlace() {}

    /** What to run Alertmanager under; nothing where it is installed. */
    static List<String> command() throws Exception {
        if (Files.exists(Path.of("/", ONE))) {
            return List.of();
        }
        Path brought = SharedMaterial.repository().resolve(".bulwark/tools");
        if (!Files.exists(brought.resolve(ONE))) {
            throw new AssertionError("Alertmanager was brought without its templates: there is no "
                    + brought.resolve(ONE) + "; run ./bulwark test once");
        }
        RequiredProgram.onThePath("bwrap");
        Sandbox.require();
        return List.of(
                "bwrap",
                "--die-with-parent",
                "--dev-bind",
                "/",
                "/",
                "--tmpfs",
                "/usr/share",
                "--ro-bind",
                brought.resolve(TEMPLATES).toString(),
                "/" + TEMPLATES);
    }
}
