package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** Is the process of a PID file alive? For real liveness ask its {@code /healthz}. */
@Command(
        name = "healthcheck",
        mixinStandardHelpOptions = true,
        description = "Check that the process of a PID file is alive. Exit code 70 when it is not.")
final class WorkerHealthcheckCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(names = "--pidfile", required = true, description = "The worker's PID file.")
    private Path pidfile = Path.of("");

    @Option(names = "--node", description = "Name used in the answer (default: the file's name).")
    private @Nullable String node;

    @Option(names = "--logfile", description = "Name used in the JSON answer.")
    private @Nullable Path logfile;

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    @Option(names = "--quiet", description = "Only the exit code.")
    private boolean quiet;

    WorkerHealthcheckCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        PidFile.State state = PidFile.inspect(context.directory().resolve(pidfile));
        boolean running = state instanceof PidFile.State.Running;
        if (!quiet) {
            context.out().println(json ? Json.pretty(json(state)) : sentence(state));
        }
        return running ? 0 : ExitCode.FAILED.sysexit();
    }

    private String name() {
        return node != null ? node : String.valueOf(pidfile.getFileName()).replaceFirst("\\.pid$", "");
    }

    private String sentence(PidFile.State state) {
        return switch (state) {
            case PidFile.State.Running running ->
                "Worker " + name() + " healthy (pid " + running.pid() + ", uptime "
                        + uptime(running).toSeconds() + "s).";
            case PidFile.State.NotRunning not ->
                "Worker " + name() + " unhealthy: " + not.code() + " (" + pidfile + ").";
        };
    }

    private Duration uptime(PidFile.State.Running running) {
        return Duration.between(running.since(), context.clock().instant());
    }

    private ObjectNode json(PidFile.State state) {
        ObjectNode answer = Json.object()
                .put("status", state instanceof PidFile.State.Running ? "ok" : "error")
                .put("node", name())
                .put("pidfile", pidfile.toString());
        if (logfile != null) {
            answer.put("logfile", logfile.toString());
        }
        switch (state) {
            case PidFile.State.Running running ->
                answer.put("pid", running.pid())
                        .put("since", running.since().toString())
                        .put("uptimeSeconds", uptime(running).toSeconds());
            case PidFile.State.NotRunning not -> answer.put("error", not.code());
        }
        return answer;
    }
}
