package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.OptionParsers;
import bulwark.app.up.SelfCommandLine;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.process.ConfinedStart;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.process.PidFile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Several workers of one machine, each with its PID file and log. For production prefer the machine's own supervisor. */
@Command(
        name = "multi",
        mixinStandardHelpOptions = true,
        description = "Start, stop and inspect several workers of this machine.")
final class WorkerMultiCommand implements Callable<Integer> {
    private static final int NOT_RUNNING = ExitCode.NOT_RUNNING.sysexit();

    private final CommandContext context;

    enum Action {
        START,
        STOP,
        RESTART,
        STATUS
    }

    @Parameters(
            index = "0",
            paramLabel = "start|stop|restart|status",
            description = "Action to perform on the workers.")
    private Action action = Action.STATUS;

    @Parameters(
            index = "1..*",
            paramLabel = "NODE",
            description = "Names of the workers (default: STEMD_NODES, then STEM_WORKER_NODES).")
    private List<String> named = List.of();

    @Option(names = "--command", description = "A word of the command to run; repeat it for each further word.")
    private List<String> command = List.of();

    @Option(
            names = "--command-line",
            description = "The command to run as one text (default: STEM_WORKER_COMMAND, then stem worker start).")
    private @Nullable String commandLine;

    @Option(
            names = {"-q", "--queue"},
            description = "A queue of the workers; may be repeated.")
    private List<String> queues = List.of();

    @Option(
            names = {"-b", "--broadcast"},
            description = "A broadcast channel of the workers; may be repeated.")
    private List<String> broadcasts = List.of();

    @Option(names = "--pidfile", description = "PID file of each worker (default ${DEFAULT-VALUE}).")
    private String pidfile = "/var/run/stem/%n.pid";

    @Option(names = "--logfile", description = "Log file of each worker (default ${DEFAULT-VALUE}).")
    private String logfile = "/var/log/stem/%n.log";

    @Option(names = "--workdir", description = "Working directory of each worker (default ${DEFAULT-VALUE}).")
    private String workdir = ".";

    @Option(names = "--env-file", description = "Settings for the workers, NAME=value lines.")
    private @Nullable Path envFile;

    @Option(
            names = "--detach",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Leave the workers running (the default).")
    private boolean detach = true;

    @Option(names = "--foreground", description = "Stay, and stop the workers when this ends.")
    private boolean foreground;

    @Option(names = "--timeout", description = "How long stop waits before it kills (default ${DEFAULT-VALUE}).")
    private String timeout = "30s";

    WorkerMultiCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<MultiNode> nodes = nodes();
        return switch (action) {
            case START -> start(nodes);
            case STOP -> stop(nodes);
            case RESTART -> {
                stop(nodes);
                yield start(nodes);
            }
            case STATUS -> status(nodes);
        };
    }

    private List<MultiNode> nodes() throws IOException {
        List<String> names = named;
        for (String setting : List.of("STEMD_NODES", "STEM_WORKER_NODES")) {
            if (names.isEmpty()) {
                names = Arrays.stream(
                                context.environment().getOrDefault(setting, "").split("[,\\s]+"))
                        .filter(name -> !name.isEmpty())
                        .toList();
            }
        }
        if (names.isEmpty()) {
            throw CommandFailed.usage(
                    "name the workers, for instance: stem worker multi start w1 w2 (or set STEM_WORKER_NODES)");
        }
        String host = InetAddress.getLocalHost().getHostName();
        List<MultiNode> nodes = new ArrayList<>();
        for (String name : names) {
            if (!name.matches("[A-Za-z0-9._@-]{1,64}") || name.startsWith(".")) {
                throw CommandFailed.usage("a node's name has 1 to 64 letters, digits, dots, dashes and underscores");
            }
            nodes.add(
                    new MultiNode(name, nodes.size() + 1, host, context.clock().instant()));
        }
        return nodes;
    }

    private PidFile.State inspect(MultiNode node) throws IOException {
        return PidFile.inspect(node.path(context.directory(), pidfile));
    }

    private int start(List<MultiNode> nodes) throws IOException, InterruptedException {
        for (MultiNode node : nodes) {
            if (inspect(node) instanceof PidFile.State.Running running) {
                throw CommandFailed.negative(node.name() + " is already running (pid " + running.pid() + ").");
            }
        }
        List<Process> started = new ArrayList<>();
        for (MultiNode node : nodes) {
            Process process = process(node);
            PidFile.write(node.path(context.directory(), pidfile), process.pid());
            context.out().println("Started " + node.name() + " (pid " + process.pid() + ").");
            started.add(process);
        }
        return foreground || !detach ? stay(started) : 0;
    }

    private static int stay(List<Process> started) throws InterruptedException {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> started.forEach(Process::destroy), "stop"));
        int worst = 0;
        for (Process process : started) {
            worst = Math.max(worst, process.waitFor());
        }
        return worst == 0 ? 0 : ExitCode.FAILED.sysexit();
    }

    private Process process(MultiNode node) throws IOException {
        Path log = node.path(context.directory(), logfile);
        try {
            OwnerOnlyFiles.createDirectories(
                    Objects.requireNonNull(log.toAbsolutePath().getParent()));
            if (!Files.exists(log)) {
                OwnerOnlyFiles.createNew(log).close();
            }
        } catch (IOException e) {
            throw new CommandFailed("--logfile cannot be made (" + e.getMessage() + "): name another");
        }
        ProcessBuilder builder = new ProcessBuilder(words(node));
        builder.directory(node.path(context.directory(), workdir).toFile());
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment(node));
        Process process = ConfinedStart.start(builder);
        process.getOutputStream().close();
        return process;
    }

    private List<String> words(MultiNode node) {
        if (!command.isEmpty()) {
            return command.stream().map(node::fill).toList();
        }
        String line = commandLine;
        for (String setting : List.of("STEM_WORKER_COMMAND", "STEMD_COMMAND")) {
            line = line == null || line.isBlank() ? context.environment().get(setting) : line;
        }
        return line == null || line.isBlank()
                ? SelfCommandLine.commandLine(List.of("stem", "worker", "start"))
                : Arrays.stream(line.strip().split("\\s+")).map(node::fill).toList();
    }

    private Map<String, String> environment(MultiNode node) throws IOException {
        Map<String, String> environment = new HashMap<>(context.environment());
        if (envFile != null) {
            environment.putAll(
                    CommandContext.environmentFile(context.directory().resolve(envFile)));
        }
        environment.put("STEM_WORKER_NODE", node.name());
        environment.put("STEM_WORKER_INDEX", String.valueOf(node.index()));
        environment.put("STEM_WORKER_HOST", node.host());
        environment.put(
                "STEM_WORKER_PIDFILE", node.path(context.directory(), pidfile).toString());
        environment.put(
                "STEM_WORKER_LOGFILE", node.path(context.directory(), logfile).toString());
        if (!queues.isEmpty()) {
            environment.put("STEM_DEFAULT_QUEUE", queues.getFirst());
            environment.put("STEM_WORKER_QUEUES", String.join(",", queues));
        }
        if (!broadcasts.isEmpty()) {
            environment.put("STEM_WORKER_BROADCASTS", String.join(",", broadcasts));
        }
        return environment;
    }

    private int stop(List<MultiNode> nodes) throws IOException, InterruptedException {
        Duration patience = OptionParsers.duration("--timeout", timeout);
        for (MultiNode node : nodes) {
            if (inspect(node) instanceof PidFile.State.Running running) {
                context.out().println("Stopping " + node.name() + " (pid " + running.pid() + ")...");
                terminate(running.pid(), patience);
                context.out().println("Stopped " + node.name() + ".");
            } else {
                context.out().println(node.name() + ": not running.");
            }
            Files.deleteIfExists(node.path(context.directory(), pidfile));
        }
        return 0;
    }

    private static void terminate(long pid, Duration patience) throws InterruptedException {
        ProcessHandle process = ProcessHandle.of(pid).orElse(null);
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            process.destroyForcibly();
            process.onExit().join();
        } catch (java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private int status(List<MultiNode> nodes) throws IOException {
        int code = 0;
        for (MultiNode node : nodes) {
            switch (inspect(node)) {
                case PidFile.State.Running running ->
                    context.out().println(node.name() + ": running (pid " + running.pid() + ").");
                case PidFile.State.NotRunning not -> {
                    code = NOT_RUNNING;
                    context.out()
                            .println(node.name() + ": not running ("
                                    + (not.code().equals("pidfile-missing") ? "no PID file" : not.code()) + ").");
                }
            }
        }
        return code;
    }
}
