package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What may be wrong with a worker of this machine, a line for each thing looked at. */
@Command(
        name = "diagnose",
        mixinStandardHelpOptions = true,
        description = "Check a worker's PID file, log file and settings. Exit code 70 when something is wrong.")
final class WorkerDiagnoseCommand implements Callable<Integer> {
    private final CommandContext context;
    private final List<Finding> findings = new ArrayList<>();

    @Option(names = "--pidfile", description = "The worker's PID file.")
    private @Nullable Path pidfile;

    @Option(names = "--logfile", description = "The worker's log file.")
    private @Nullable Path logfile;

    @Option(names = "--env-file", description = "File of its settings, NAME=value lines.")
    private @Nullable Path envFile;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    WorkerDiagnoseCommand(CommandContext context) {
        this.context = context;
    }

    private record Finding(String mark, String sentence) {
        String status() {
            return mark.equals("[OK ]") ? "ok" : mark.equals("[WARN]") ? "warning" : "error";
        }
    }

    @Override
    public Integer call() throws IOException {
        pid();
        log();
        settings();
        if (json) {
            ArrayNode all = Json.object().putArray("checks");
            for (Finding finding : findings) {
                ObjectNode entry = all.addObject();
                entry.put("status", finding.status()).put("message", finding.sentence());
            }
            context.out().println(Json.pretty(all));
        } else {
            findings.forEach(finding -> context.out().println(finding.mark() + " " + finding.sentence()));
        }
        return findings.stream().anyMatch(finding -> finding.status().equals("error")) ? ExitCode.FAILED.sysexit() : 0;
    }

    private void note(String mark, String sentence) {
        findings.add(new Finding(mark, sentence));
    }

    private void pid() throws IOException {
        if (pidfile == null) {
            note("[WARN]", "liveness not checked: pass --pidfile");
            return;
        }
        switch (PidFile.inspect(context.directory().resolve(pidfile))) {
            case PidFile.State.Running running ->
                note("[OK ]", "process " + running.pid() + " runs since " + running.since());
            case PidFile.State.NotRunning not -> note("[ERR]", pidfile + ": " + not.code());
        }
    }

    private void log() throws IOException {
        if (logfile == null) {
            return;
        }
        Path file = context.directory().resolve(logfile);
        Path folder = java.util.Objects.requireNonNull(file.toAbsolutePath().getParent());
        if (Files.isRegularFile(file)) {
            note(
                    Files.isWritable(file) ? "[OK ]" : "[ERR]",
                    logfile + " has " + Files.size(file) + " bytes"
                            + (Files.isWritable(file) ? "" : " and cannot be written"));
        } else if (Files.isWritable(folder)) {
            note("[WARN]", logfile + " does not exist yet");
        } else {
            note("[ERR]", folder + " cannot be written: no log can be made there");
        }
    }

    private void settings() throws IOException {
        if (envFile == null) {
            return;
        }
        Path file = context.directory().resolve(envFile);
        if (!Files.isReadable(file)) {
            note("[ERR]", envFile + " cannot be read");
            return;
        }
        try {
            bulwark.kernel.config.Configuration configuration = bulwark.kernel.config.Configuration.read(
                    bulwark.tasks.setup.TaskSettings.schema(),
                    CommandContext.environmentFile(file),
                    context.directory());
            note("[OK ]", envFile + ": every setting reads");
            configuration.warnings().forEach(warning -> note("[WARN]", warning));
        } catch (bulwark.kernel.config.Configuration.ConfigurationRefused refused) {
            refused.sentences().forEach(problem -> note("[ERR]", problem));
        }
    }
}
