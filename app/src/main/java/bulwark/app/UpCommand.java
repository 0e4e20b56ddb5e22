package bulwark.app;

import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Everything, hardened, on loopback: creates what is missing, starts one child for each part, prints how to use it. */
@Command(name = "up", description = "Start every part, hardened, on loopback. Ctrl-C drains and stops.")
final class UpCommand implements Callable<Integer> {
    @Option(
            names = "--port-base",
            description =
                    "First of the ports: plain HTTP on N, mutual TLS on N+765, metrics of worker and beat on N+300 and N+301 (default ${DEFAULT-VALUE}).")
    private int portBase = 8000;

    @Option(names = "--state", description = "Folder of keys, secrets and data (default .bulwark beside the program).")
    private Path state = Path.of(System.getProperty("bulwark.home", ".bulwark"));

    @Override
    public Integer call() throws Exception {
        if (portBase < 1024 || portBase > 64_000) {
            throw CommandFailed.usage("--port-base must lie between 1024 and 64000; got " + portBase);
        }
        Path folder = state.toAbsolutePath().normalize();
        FactsProvisioning facts = FactsProvisioning.openOrCreate(folder.resolve("facts"), portBase);
        TasksProvisioning tasks = TasksProvisioning.openOrCreate(folder, portBase);
        try (Supervisor supervisor = new Supervisor(Supervisor.PAUSES, System.err)) {
            Runtime.getRuntime().addShutdownHook(new Thread(supervisor::close, "stop"));
            startNodeAndWorker(supervisor, facts, tasks);
            supervisor.awaitReady();
            // The worker holds the embedded broker by now; the beat goes through it.
            startBeat(supervisor, tasks);
            supervisor.awaitReady();
            tasks.applySchedules();
            facts.welcome(System.out);
            tasks.welcome(System.out, program());
            supervisor.awaitStopped();
            return 0;
        }
    }

    private static void startNodeAndWorker(Supervisor supervisor, FactsProvisioning facts, TasksProvisioning tasks)
            throws IOException {
        supervisor.add(
                "fact node",
                () -> ChildProcess.start("facts", facts.directory(), facts.environment(), "stigmem-node"),
                child -> child.awaitReady(facts.runFile()),
                "After a disk fault run: bin/stigmem fsck --db "
                        + facts.directory().resolve("stigmem.db"));
        supervisor.add(
                "worker",
                () -> ChildProcess.startConfined(
                        "worker",
                        tasks.workerDirectory(),
                        tasks.workerEnvironment(),
                        "stem",
                        "worker",
                        "start",
                        "--pidfile",
                        tasks.workerPidFile().toString()),
                child -> child.awaitPid(tasks.workerPidFile()),
                "Its settings are in " + tasks.directory());
    }

    private static void startBeat(Supervisor supervisor, TasksProvisioning tasks) throws IOException {
        supervisor.add(
                "beat",
                () -> ChildProcess.startConfined(
                        "beat",
                        tasks.beatDirectory(),
                        tasks.beatEnvironment(),
                        "stem",
                        "beat",
                        "--pidfile",
                        tasks.beatPidFile().toString()),
                child -> child.awaitPid(tasks.beatPidFile()),
                "Its settings are in " + tasks.directory());
    }

    /** As it is typed in the folder of the repository, else with the whole path. */
    private static String program() {
        String repository = System.getProperty("bulwark.repository", "");
        Path program = Path.of(repository).resolve("bin/stem");
        return Path.of("").toAbsolutePath().equals(Path.of(repository).toAbsolutePath())
                ? "bin/stem"
                : program.toString();
    }
}
