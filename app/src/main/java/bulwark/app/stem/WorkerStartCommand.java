package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.LogLevel;
import bulwark.app.cli.OptionParsers;
import bulwark.app.rotate.RotationFolder;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.process.PidFile;
import bulwark.tasks.events.TaskEvidence;
import bulwark.tasks.exec.ExecFile;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.handler.HandlerRegistry;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.setup.HandlerClassLoader;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.setup.TaskStoreFactory;
import bulwark.tasks.worker.Worker;
import bulwark.web.Health;
import bulwark.web.OpsEndpoint;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One worker for the life of this process. Settings from the environment and {@code .env}; every fault of theirs is refused. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        description =
                "Run tasks until told to stop. SIGTERM finishes what runs, SIGINT asks it to stop, SIGUSR1 puts it back at once;"
                        + " a repeated signal escalates one step. SIGHUP reads keys again.")
final class WorkerStartCommand implements Callable<Integer> {
    private static final int MAX_CONCURRENCY = 10_000;

    @Mixin
    private final SettingsOptions settings;

    @Option(
            names = {"-q", "--queue"},
            description = "A queue; may be repeated (default: STEM_WORKER_QUEUES, else the default queue).")
    private List<String> queues = List.of();

    @Option(
            names = {"-b", "--broadcast"},
            description = "A broadcast channel; may be repeated (default: STEM_WORKER_BROADCASTS).")
    private List<String> broadcasts = List.of();

    @Option(
            names = {"-c", "--concurrency"},
            description = "Tasks at once (default: STEM_CONCURRENCY).")
    private @Nullable Integer concurrency;

    @Option(
            names = "--id",
            description = "Worker id, unique among live workers (default: host, process id and a random part).")
    private @Nullable String id;

    @Option(
            names = "--pidfile",
            description =
                    "PID file; written once the worker receives tasks, removed at exit (default: STEM_WORKER_PIDFILE).")
    private @Nullable Path pidfile;

    @Option(names = "--logfile", description = "Append the log there instead of standard error.")
    private @Nullable Path logfile;

    WorkerStartCommand(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = settings.directory();
        if (logfile != null) {
            logTo(directory.resolve(logfile));
        }
        try (TaskRuntime runtime = TaskRuntime.open(
                        settings.environment(), directory, settings.session().clock());
                TaskEvidence evidence = evidence(runtime)) {
            LogLevel.apply(runtime.configuration().text("STEM_LOG_LEVEL"));
            runtime.configuration().warnings().forEach(this::say);
            AtomicBoolean diskFailed = new AtomicBoolean();
            Worker worker = new Worker(
                    new Worker.WorkerDependencies(
                            runtime.stores(),
                            runtime.signing(),
                            runtime.client(),
                            handlers(runtime),
                            runtime.metrics(),
                            evidence,
                            new SecureRandom(),
                            runtime.clock()),
                    settings(runtime));
            TaskStoreFactory.onFatal(runtime.stores(), cause -> {
                diskFailed.set(true);
                worker.shutdown(Worker.Mode.HARD);
            });
            run(worker, runtime);
            return diskFailed.get() ? ExitCode.FAILED.sysexit() : 0;
        }
    }

    private void run(Worker worker, TaskRuntime runtime) throws IOException, InterruptedException {
        try (OpsEndpoint seen = OpsEndpoint.listen(
                        "stem",
                        runtime.configuration().text("STEM_METRICS_HOST"),
                        runtime.configuration().port("STEM_METRICS_PORT"),
                        runtime.metrics(),
                        () -> health(worker));
                RotationFolder.KeyWatch ignored =
                        RotationFolder.measure(settings.session().environment(), runtime.metrics(), runtime.clock())) {
            worker.start();
            WorkerSignals.install(worker, runtime, this::say);
            Path file = pidfile(runtime);
            if (file != null) {
                PidFile.write(file, ProcessHandle.current().pid());
            }
            say("worker " + worker.id() + " started" + (seen.port() == 0 ? "" : ", metrics on port " + seen.port()));
            WorkerSignals.awaitStopped(worker, runtime, this::say);
            if (file != null) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Health health(Worker worker) {
        List<String> problems = worker.problems();
        return new Health(
                problems.isEmpty() ? null : String.join(" ", problems),
                worker.ready() ? null : "the worker is stopping");
    }

    private static TaskEvidence evidence(TaskRuntime runtime) throws IOException {
        Path folder = TaskSettings.stateDirectory(runtime.configuration(), runtime.directory());
        Path heads = TaskSettings.headFolder(runtime.configuration(), runtime.directory());
        if (heads != null && Files.exists(heads) && !Files.isDirectory(heads)) {
            throw CommandFailed.usage("STEM_HEAD_PATH: " + heads + " is not a folder: name another");
        }
        TaskEvidence.Options options =
                new TaskEvidence.Options(heads, runtime.configuration().text("STEM_ACCEPT_EVIDENCE_LOSS"));
        return new ConfiguredPath(folder, "STEM_STATE_DIR").open(path -> {
            if (!Files.exists(path)) {
                OwnerOnlyFiles.createDirectory(path);
            }
            return TaskEvidence.open(path, runtime.clock(), options);
        });
    }

    private HandlerRegistry handlers(TaskRuntime runtime) {
        List<TaskHandler> further = new ArrayList<>(PlatformTask.all(settings.session()));
        String programs = runtime.configuration().text("STEM_EXEC_FILE");
        if (!programs.isEmpty()) {
            further.addAll(
                    new ConfiguredPath(runtime.directory().resolve(programs), "STEM_EXEC_FILE").open(ExecFile::read));
        }
        return HandlerRegistry.discover(HandlerClassLoader.of(runtime.configuration(), runtime.directory()), further);
    }

    private WorkerSettings settings(TaskRuntime runtime) {
        WorkerSettings settings = WorkerSettings.of(runtime.configuration());
        settings = queues.isEmpty() ? settings : settings.withQueues(queues);
        settings = broadcasts.isEmpty() ? settings : settings.withBroadcasts(broadcasts);
        settings = concurrency == null
                ? settings
                : settings.withConcurrency(OptionParsers.number("--concurrency", concurrency, 1, MAX_CONCURRENCY));
        settings = id == null ? settings : settings.withId(id);
        checkDefined(settings, runtime.routing());
        return settings;
    }

    /** With a routing file, a queue that it does not define is more likely a slip than a wish. */
    private static void checkDefined(WorkerSettings settings, Routing routing) {
        if (!routing.fromFile()) {
            return;
        }
        List<String> unknown = settings.queues().stream()
                .filter(queue -> !routing.queues().containsKey(queue))
                .toList();
        List<String> unheard = settings.broadcasts().stream()
                .filter(channel -> !routing.broadcasts().contains(channel))
                .toList();
        if (!unknown.isEmpty() || !unheard.isEmpty()) {
            throw CommandFailed.usage("the routing file does not define " + String.join(", ", unknown)
                    + String.join(", ", unheard) + ": add it there, or take from others (it defines "
                    + String.join(", ", routing.queues().keySet()) + ")");
        }
    }

    private @Nullable Path pidfile(TaskRuntime runtime) {
        if (pidfile != null) {
            return settings.directory().resolve(pidfile);
        }
        String named = runtime.configuration().text("STEM_WORKER_PIDFILE");
        return named.isEmpty() ? null : settings.directory().resolve(named);
    }

    private static void logTo(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            OwnerOnlyFiles.createDirectories(folder);
        }
        if (!Files.exists(file)) {
            OwnerOnlyFiles.createNew(file).close();
        }
        PrintStream log = new PrintStream(new FileOutputStream(file.toFile(), true), true, StandardCharsets.UTF_8);
        System.setErr(log);
        System.setOut(log);
    }

    private void say(String sentence) {
        System.err.println(PrintableText.line(sentence));
    }
}
