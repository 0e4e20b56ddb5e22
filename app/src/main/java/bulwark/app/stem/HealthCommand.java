package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.ExitCode;
import bulwark.tasks.setup.HealthCheck;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Can this process reach what it needs, and with which keys and certificates? */
@Command(
        name = "health",
        mixinStandardHelpOptions = true,
        description =
                "Connections, signing keys, certificates and risks of the broker. Exit code 70 when something fails.")
final class HealthCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings;

    @Option(
            names = "--backend",
            paramLabel = "URL",
            description = "Result backend URL, overrides STEM_RESULT_BACKEND_URL.")
    private String backend = "";

    @Option(names = "--skip-backend", description = "Skip the check of the result backend.")
    private boolean skipBackend;

    @Option(
            names = "--allow-insecure",
            description = "Accept any server certificate, to find out whether it is the cause.")
    private boolean allowInsecure;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    HealthCommand(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    @Override
    public Integer call() {
        if (!backend.isEmpty()) {
            settings.insteadOfUrl("--backend", "STEM_RESULT_BACKEND_URL", backend);
        }
        if (allowInsecure) {
            settings.instead("STEM_TLS_ALLOW_INSECURE", "true");
        }
        Configuration configuration = settings.configuration();
        List<HealthCheck.Finding> findings = HealthCheck.run(
                configuration, settings.directory(), settings.session().clock(), !skipBackend);
        if (json) {
            settings.session().out().println(Json.pretty(json(findings)));
        } else {
            findings.forEach(finding -> settings.session().out().println(line(finding)));
        }
        return findings.stream().anyMatch(finding -> finding.status() == HealthCheck.Status.ERROR)
                ? ExitCode.FAILED.sysexit()
                : 0;
    }

    private static String line(HealthCheck.Finding finding) {
        String mark = switch (finding.status()) {
            case OK -> "[OK ]";
            case WARNING -> "[WARN]";
            case ERROR -> "[ERR]";
        };
        StringBuilder line = new StringBuilder(mark + " " + finding.component() + ": " + finding.message());
        finding.context()
                .forEach((name, value) ->
                        line.append("\n        ").append(name).append(": ").append(value));
        return line.toString();
    }

    private static ArrayNode json(List<HealthCheck.Finding> findings) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (HealthCheck.Finding finding : findings) {
            ObjectNode entry = all.addObject()
                    .put("component", finding.component())
                    .put("status", finding.status().name().toLowerCase(java.util.Locale.ROOT))
                    .put("message", finding.message());
            if (!finding.context().isEmpty()) {
                ObjectNode context = entry.putObject("context");
                finding.context().forEach(context::put);
            }
        }
        return all;
    }
}
