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
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The folder of tasks under {@code up}: the embedded broker, two Ed25519 key pairs, and a {@code .env} with which commands reach both. One key signs tasks: the beat has its private
 * half. The other signs commands to workers: commands alone have its private half, beside that of the first. The worker verifies and has only the public ones.
 */
record TasksProvisioning(StateFolder state, Path directory, int workerPort, int beatPort) implements ProvisionedPart {
    private static final String KEY_ID = "up";
    private static final String OPERATOR_ID = "operator";
    private static final String PURPOSES = KEY_ID + ":tasks," + OPERATOR_ID + ":control";

    static TasksProvisioning openOrCreate(StateFolder state, Path directory, int portBase) throws IOException {
        TasksProvisioning setup = new TasksProvisioning(state, directory, portBase + 300, portBase + 301);
        for (String folder : List.of("", "worker", "beat", "keys")) {
            OwnerOnlyFiles.createDirectory(setup.directory.resolve(folder));
        }
        OwnerOnlyFiles.createDirectory(state.exports());
        setup.createKeys();
        OwnerOnlyFiles.write(setup.directory.resolve(".env"), setup.environmentFile());
        return setup;
    }

    /**
     * Each file is written whole, and a kill between two leaves what the next start makes the others of. A folder of an older release gets what it lacks; what was added by hand stays.
     */
    private void createKeys() throws IOException {
        Signing signing = Signing.fastest();
        for (Map.Entry<Path, String> made :
                Map.of(privateKeys(), KEY_ID, operatorKey(), OPERATOR_ID).entrySet()) {
            if (!Files.exists(made.getKey())) {
                write(made.getKey(), entry(made.getValue(), signing.random32().expose(SecretAccess.grant())));
            }
        }
        String tasks = Files.readString(privateKeys()).strip();
        String operator = Files.readString(operatorKey()).strip();
        write(commandKeys(), tasks + "," + operator);
        String open =
                Files.exists(publicKeys()) ? Files.readString(publicKeys()).strip() : publicHalf(tasks, signing);
        String operatorOpen = publicHalf(operator, signing);
        write(publicKeys(), open.contains(operatorOpen) ? open : open + "," + operatorOpen);
    }

    /** Of the first key. */
    private static String publicHalf(String privateKeys, Signing signing) {
        String pair = privateKeys.split(",", -1)[0].strip();
        int colon = pair.indexOf(':');
        byte[] seed = Base64.getDecoder().decode(pair.substring(colon + 1));
        return entry(
                pair.substring(0, colon), signing.signer(SecretBytes.of(seed)).publicKey());
    }

    private static String entry(String id, byte[] key) {
        return id + ":" + Base64.getEncoder().encodeToString(key);
    }

    private static void write(Path file, String entries) throws IOException {
        if (Files.exists(file) && Files.readString(file).strip().equals(entries)) {
            return;
        }
        OwnerOnlyFiles.write(file, (entries + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private Path privateKeys() {
        return keys(directory).resolve("private");
    }

    private Path operatorKey() {
        return directory.resolve("keys").resolve("operator");
    }

    /** Both private halves, for commands: a setting names one file. */
    private Path commandKeys() {
        return directory.resolve("command-keys");
    }

    private Path publicKeys() {
        return keys(directory).resolve("public");
    }

    static Path keys(Path directory) {
        return directory.resolve("keys");
    }

    private byte[] environmentFile() {
        return """
                # For commands: bin/stem … --state %s
                # Written anew at each start of up.
                STEM_STATE_DIR=%s
                STEM_SIGNING_ALGORITHM=ed25519
                STEM_SIGNING_ACTIVE_KEY=%s
                STEM_SIGNING_CONTROL_KEY=%s
                STEM_SIGNING_PURPOSES=%s
                STEM_SIGNING_PUBLIC_KEYS_FILE=%s
                STEM_SIGNING_PRIVATE_KEYS_FILE=%s
                """.formatted(directory, directory, KEY_ID, OPERATOR_ID, PURPOSES, publicKeys(), commandKeys())
                .getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, String> common() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("STEM_STATE_DIR", directory.toString());
        environment.put("STEM_SIGNING_ALGORITHM", "ed25519");
        environment.put("STEM_SIGNING_ACTIVE_KEY", KEY_ID);
        environment.put("STEM_SIGNING_PURPOSES", PURPOSES);
        environment.put("STEM_SIGNING_PUBLIC_KEYS_FILE", publicKeys().toString());
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
        environment.put("STEM_SIGNING_PRIVATE_KEYS_FILE", privateKeys().toString());
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
