package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.stem.probe.TaskProbes;
import bulwark.app.up.ChildSpec;
import bulwark.app.up.PartList;
import bulwark.app.up.PlatformJob;
import bulwark.app.up.ProvisionedPart;
import bulwark.app.up.StateFolder;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.tasks.signing.KeyPurpose;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder of tasks under {@code up}: the embedded broker, two Ed25519 key pairs, and a {@code .env} with which commands reach both. One key signs tasks: the beat has its private
 * half. The other signs commands to workers: commands alone have its private half, beside that of the first. The worker verifies and has only the public ones.
 */
record TasksProvisioning(StateFolder state, Path directory, int workerPort, int beatPort) implements ProvisionedPart {
    static TasksProvisioning openOrCreate(StateFolder state, Path directory, int portBase) throws IOException {
        TasksProvisioning setup = new TasksProvisioning(state, directory, portBase + 300, portBase + 301);
        for (String folder : List.of("", "worker", "beat", "keys")) {
            OwnerOnlyFiles.createDirectory(setup.directory.resolve(folder));
        }
        OwnerOnlyFiles.createDirectory(state.exports());
        setup.keys().createMissing();
        OwnerOnlyFiles.write(setup.directory.resolve(".env"), setup.environmentFile());
        return setup;
    }

    private TaskKeyFiles keys() {
        return new TaskKeyFiles(directory);
    }

    static Path keys(Path directory) {
        return new TaskKeyFiles(directory).folder();
    }

    private byte[] environmentFile() {
        return """
                # For commands: bin/stem … --state %s
                # Written anew at each start of up.
                STEM_STATE_DIR=%s
                STEM_SIGNING_ALGORITHM=ed25519
                STEM_SIGNING_ACTIVE_KEY_FILE=%s
                STEM_SIGNING_CONTROL_KEY_FILE=%s
                STEM_SIGNING_PURPOSES_FILE=%s
                STEM_SIGNING_PUBLIC_KEYS_FILE=%s
                STEM_SIGNING_PRIVATE_KEYS_FILE=%s
                """.formatted(
                        directory,
                        directory,
                        keys().signing(KeyPurpose.TASKS),
                        keys().signing(KeyPurpose.CONTROL),
                        keys().purposes(),
                        keys().publicKeys(),
                        keys().commandKeys())
                .getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, String> common() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("STEM_STATE_DIR", directory.toString());
        environment.put("STEM_SIGNING_ALGORITHM", "ed25519");
        environment.put(
                "STEM_SIGNING_ACTIVE_KEY_FILE", keys().signing(KeyPurpose.TASKS).toString());
        environment.put("STEM_SIGNING_PURPOSES_FILE", keys().purposes().toString());
        environment.put("STEM_SIGNING_PUBLIC_KEYS_FILE", keys().publicKeys().toString());
        return environment;
    }

    private Map<String, String> workerEnvironment() {
        Map<String, String> environment = common();
        environment.put("STEM_METRICS_PORT", Integer.toString(workerPort));
        // The second takes what the doctor sends to see it refused.
        environment.put("STEM_WORKER_QUEUES", "default," + TaskProbes.QUEUE);
        environment.putAll(state.environment());
        return environment;
    }

    private Map<String, String> beatEnvironment() {
        Map<String, String> environment = common();
        environment.put(
                "STEM_SIGNING_PRIVATE_KEYS_FILE",
                keys().privateKeys(KeyPurpose.TASKS).toString());
        environment.put("STEM_METRICS_PORT", Integer.toString(beatPort));
        return environment;
    }

    @Override
    public List<ChildSpec> children() {
        return List.of(
                child("worker", workerEnvironment(), ChildSpec.Order.FIRST, "stem", "worker", "start"),
                // The worker holds the embedded broker; the beat goes through it.
                child("beat", beatEnvironment(), ChildSpec.Order.AFTER_OTHERS, "stem", "beat"));
    }

    private ChildSpec child(String name, Map<String, String> environment, ChildSpec.Order order, String... command) {
        Path folder = directory.resolve(name);
        Path pidFile = folder.resolve(name + ".pid");
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.addAll(List.of("--pidfile", pidFile.toString()));
        return new ChildSpec(
                name,
                name,
                folder,
                environment,
                arguments,
                ChildSpec.Confinement.CONFINED,
                pidFile,
                ChildSpec.Readiness.PID_FILE,
                order,
                "Its settings are in " + directory);
    }

    /** Stores the schedules of the platform's jobs that were never stored before; what an operator changed of the others stays. */
    @Override
    public void afterStart(CommandContext context) throws IOException {
        Path stored = directory.resolve("platform-schedules.yaml");
        List<String> known = Files.exists(stored) ? Files.readAllLines(stored) : List.of();
        List<PlatformJob> added = PartList.jobs().stream()
                .filter(job -> !known.contains(identity(job)))
                .toList();
        if (added.isEmpty()) {
            return;
        }
        Path fresh = directory.resolve("platform-schedules.new.yaml");
        write(fresh, added);
        int code = Stem.execute(
                context, "schedule", "apply", "--file", fresh.toString(), "--yes", "--state", directory.toString());
        if (code != 0) {
            throw new CommandFailed("the platform's schedules could not be stored; the reason is above");
        }
        write(fresh, PartList.jobs());
        Files.move(fresh, stored, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void write(Path file, List<PlatformJob> jobs) throws IOException {
        StringBuilder yaml = new StringBuilder("schedules:\n");
        for (PlatformJob job : jobs) {
            yaml.append(identity(job)).append('\n');
            yaml.append("    task: ").append(job.name()).append('\n');
            yaml.append("    queue: default\n");
            yaml.append("    schedule: \"").append(job.schedule()).append("\"\n");
        }
        OwnerOnlyFiles.write(file, yaml.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** The line of the file that says which job follows. */
    private static String identity(PlatformJob job) {
        return "  - id: " + job.name();
    }

    @Override
    public List<String> welcome() {
        return List.of(
                "  tasks   a worker (metrics http://localhost:" + workerPort + "/metrics) and a beat (http://localhost:"
                        + beatPort + "/metrics); to send one:",
                "    " + program() + " enqueue demo.echo --args '{\"hello\":\"world\"}' --wait --state " + directory,
                "");
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
