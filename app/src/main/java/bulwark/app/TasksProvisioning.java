package bulwark.app;

import bulwark.app.stem.Stem;
import bulwark.app.up.ChildSpec;
import bulwark.app.up.ProvisionedPart;
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
 * The folder of tasks under {@code up}: the embedded broker, an Ed25519 key pair, and a {@code .env} with which commands reach both. The beat signs and so has the private half;
 * the worker verifies and has only the public one.
 */
record TasksProvisioning(Path directory, Path factsDirectory, int workerPort, int beatPort) implements ProvisionedPart {
    private static final String KEY_ID = "up";

    /** The platform's own jobs. */
    private static final String SCHEDULES = """
            schedules:
              - id: platform.audit-export
                task: platform.audit-export
                queue: default
                schedule: "17 3 * * *"
              - id: platform.key-ages
                task: platform.key-ages
                queue: default
                schedule: every:6h
            """;

    static TasksProvisioning openOrCreate(Path state, int portBase) throws IOException {
        TasksProvisioning setup =
                new TasksProvisioning(state.resolve("tasks"), state.resolve("facts"), portBase + 300, portBase + 301);
        for (String folder : List.of("", "worker", "beat", "keys")) {
            OwnerOnlyFiles.createDirectory(setup.directory.resolve(folder));
        }
        OwnerOnlyFiles.createDirectory(setup.exports());
        setup.createKeys();
        OwnerOnlyFiles.write(setup.directory.resolve(".env"), setup.environmentFile());
        return setup;
    }

    /** Each half is written whole; a kill between the two leaves a private key without its public one, which is then made of it. */
    private void createKeys() throws IOException {
        Signing signing = Signing.fastest();
        if (!Files.exists(privateKeys())) {
            write(privateKeys(), signing.random32().expose(SecretAccess.grant()));
        }
        if (!Files.exists(publicKeys())) {
            String line = Files.readString(privateKeys()).strip();
            byte[] seed = Base64.getDecoder().decode(line.substring(line.indexOf(':') + 1));
            write(publicKeys(), signing.signer(SecretBytes.of(seed)).publicKey());
        }
    }

    private static void write(Path file, byte[] key) throws IOException {
        String line = KEY_ID + ":" + Base64.getEncoder().encodeToString(key) + "\n";
        OwnerOnlyFiles.write(file, line.getBytes(StandardCharsets.US_ASCII));
    }

    private Path privateKeys() {
        return directory.resolve("keys").resolve("private");
    }

    private Path publicKeys() {
        return directory.resolve("keys").resolve("public");
    }

    Path exports() {
        return factsDirectory.resolveSibling("exports");
    }

    private byte[] environmentFile() {
        return """
                # For commands: bin/stem … --state %s
                # Written anew at each start of up.
                STEM_STATE_DIR=%s
                STEM_SIGNING_ALGORITHM=ed25519
                STEM_SIGNING_ACTIVE_KEY=%s
                STEM_SIGNING_PUBLIC_KEYS_FILE=%s
                STEM_SIGNING_PRIVATE_KEYS_FILE=%s
                """.formatted(directory, directory, KEY_ID, publicKeys(), privateKeys())
                .getBytes(StandardCharsets.UTF_8);
    }

    private Map<String, String> common() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("STEM_STATE_DIR", directory.toString());
        environment.put("STEM_SIGNING_ALGORITHM", "ed25519");
        environment.put("STEM_SIGNING_ACTIVE_KEY", KEY_ID);
        environment.put("STEM_SIGNING_PUBLIC_KEYS_FILE", publicKeys().toString());
        return environment;
    }

    private Map<String, String> workerEnvironment() {
        Map<String, String> environment = common();
        environment.put("STEM_METRICS_PORT", Integer.toString(workerPort));
        environment.put(PlatformFolders.FACTS, factsDirectory.toString());
        environment.put(PlatformFolders.TASKS, directory.toString());
        environment.put(PlatformFolders.EXPORTS, exports().toString());
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

    /** Stores the platform's own jobs; what an operator changed of them since stays when they are there already. */
    @Override
    public void afterStart() throws IOException {
        Path applied = directory.resolve("platform-schedules.yaml");
        if (Files.exists(applied)) {
            return;
        }
        Path fresh = directory.resolve("platform-schedules.new.yaml");
        OwnerOnlyFiles.write(fresh, SCHEDULES.getBytes(StandardCharsets.UTF_8));
        int code =
                Stem.execute("schedule", "apply", "--file", fresh.toString(), "--yes", "--state", directory.toString());
        if (code != 0) {
            throw new CommandFailed("the platform's schedules could not be stored; the reason is above");
        }
        Files.move(fresh, applied, StandardCopyOption.ATOMIC_MOVE);
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
