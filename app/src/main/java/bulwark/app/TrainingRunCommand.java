package bulwark.app;

import bulwark.app.stem.Stem;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * A worker and the commands that people type most, on an embedded broker in the working folder: the run from which the launcher makes the start-up cache of everything but the
 * node. Leaves certificates in {@code tls} for {@link NodeTrainingRun}.
 */
@Command(name = "training-run", hidden = true, description = "Use the program once, in this throw-away folder.")
final class TrainingRunCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        Path directory = Path.of("").toAbsolutePath();
        if (directory.toFile().list() instanceof String[] there && there.length > 0) {
            throw new CommandFailed("a training run writes keys and settings: run it in an empty folder");
        }
        FactsProvisioning.issueCertificates(directory.resolve("tls"));
        useTasks(directory);
        return 0;
    }

    private static void useTasks(Path directory) throws IOException, InterruptedException {
        String secret =
                Base64.getEncoder().encodeToString(Signing.fastest().random32().expose(SecretAccess.grant()));
        String settings = "STEM_SIGNING_KEYS=primary:" + secret + "\nSTEM_SIGNING_ACTIVE_KEY=primary\n";
        OwnerOnlyFiles.write(directory.resolve(".env"), settings.getBytes(StandardCharsets.UTF_8));
        Thread worker = Thread.ofPlatform().daemon().start(() -> Stem.execute("worker", "start"));
        stem("enqueue", "demo.echo", "--args", "{\"hello\":\"world\"}", "--wait");
        stem("dlq", "list", "--queue", "default");
        stem("schedule", "list");
        stem("worker", "shutdown", "--mode", "warm");
        if (!worker.join(Duration.ofSeconds(30))) {
            throw new CommandFailed("the worker did not stop");
        }
    }

    private static void stem(String... arguments) {
        int code = Stem.execute(arguments);
        if (code != 0) {
            throw new CommandFailed("stem " + String.join(" ", arguments) + " ended with code " + code);
        }
    }
}
