package bulwark.app.stem;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.process.PidFile;
import bulwark.tasks.exec.ExecFile;
import bulwark.tasks.handler.Handlers;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.setup.HandlerClasses;
import bulwark.tasks.setup.OpenStores;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.setup.Tasks;
import bulwark.tasks.worker.TaskEvidence;
import bulwark.tasks.worker.Worker;
import bulwark.tasks.worker.WorkerSettings;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
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
    @Mixin
    private final Place place;

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

    WorkerStartCommand(Session session) {
        this.place = new Place(session);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = place.directory();
        if (logfile != null) {
            logTo(directory.resolve(logfile));
        }
        try (Tasks tasks = Tasks.open(
                        place.environment(), directory, place.session().clock());
                TaskEvidence evidence = evidence(tasks)) {
            LogLevel.apply(tasks.configuration().text("STEM_LOG_LEVEL"));
            tasks.configuration().warnings().forEach(this::say);
            AtomicBoolean diskFailed = new AtomicBoolean();
            Worker worker = new Worker(
                    new Worker.Parts(
                            tasks.stores(),
                            tasks.signing(),
                            tasks.client(),
                            handlers(tasks),
                            tasks.metrics(),
                            evidence,
                            new SecureRandom(),
                            tasks.clock()),
                    settings(tasks));
            OpenStores.onFatal(tasks.stores(), cause -> {
                diskFailed.set(true);
                worker.shutdown(Worker.Mode.HARD);
            });
            run(worker, tasks);
            return diskFailed.get() ? StemFailed.UNAVAILABLE : 0;
        }
    }

    private void run(Worker worker, Tasks tasks) throws IOException, InterruptedException {
        try (Observation seen =
                Observation.serve(tasks.configuration(), tasks.metrics(), tasks.clock(), () -> state(worker))) {
            worker.start();
            WorkerSignals.install(worker, tasks, this::say);
            Path file = pidfile(tasks);
            if (file != null) {
                PidFile.write(file, ProcessHandle.current().pid());
            }
            say("worker " + worker.id() + " started" + (seen.port() == 0 ? "" : ", metrics on port " + seen.port()));
            WorkerSignals.awaitStopped(worker, tasks, this::say);
            if (file != null) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static Observation.State state(Worker worker) {
        List<String> problems = worker.problems();
        return new Observation.State(
                problems.isEmpty() ? null : String.join(" ", problems),
                worker.ready() ? null : "the worker is stopping");
    }

    private static TaskEvidence evidence(Tasks tasks) throws IOException {
        Path folder = TaskSettings.stateDirectory(tasks.configuration(), tasks.directory());
        if (!Files.exists(folder)) {
            OwnerOnlyFiles.createDirectory(folder);
        }
        return TaskEvidence.open(
                folder,
                tasks.clock(),
                new TaskEvidence.Options(
                        TaskSettings.headFolder(tasks.configuration(), tasks.directory()),
                        tasks.configuration().text("STEM_ACCEPT_EVIDENCE_LOSS")));
    }

    private static Handlers handlers(Tasks tasks) {
        String programs = tasks.configuration().text("STEM_EXEC_FILE");
        List<TaskHandler> further =
                programs.isEmpty() ? List.of() : ExecFile.read(tasks.directory().resolve(programs));
        return Handlers.discover(HandlerClasses.of(tasks.configuration(), tasks.directory()), further);
    }

    private WorkerSettings settings(Tasks tasks) {
        WorkerSettings settings = WorkerSettings.of(tasks.configuration());
        settings = queues.isEmpty() ? settings : settings.withQueues(queues);
        settings = broadcasts.isEmpty() ? settings : settings.withBroadcasts(broadcasts);
        settings = concurrency == null ? settings : settings.withConcurrency(concurrency);
        settings = id == null ? settings : settings.withId(id);
        checkDefined(settings, tasks.routing());
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
            throw StemFailed.usage("the routing file does not define " + String.join(", ", unknown)
                    + String.join(", ", unheard) + ": add it there, or take from others (it defines "
                    + String.join(", ", routing.queues().keySet()) + ")");
        }
    }

    private @Nullable Path pidfile(Tasks tasks) {
        if (pidfile != null) {
            return place.directory().resolve(pidfile);
        }
        String named = tasks.configuration().text("STEM_WORKER_PIDFILE");
        return named.isEmpty() ? null : place.directory().resolve(named);
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
        System.err.println(Table.printable(sentence));
    }
}
