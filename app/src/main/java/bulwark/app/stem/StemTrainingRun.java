package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

/** A worker and the commands that people type most, on an embedded broker in an empty folder. */
final class StemTrainingRun {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final CommandContext context;
    private final Path folder;

    StemTrainingRun(CommandContext context, Path folder) {
        this.context = context;
        this.folder = folder;
    }

    void run() throws IOException, InterruptedException {
        String secret =
                Base64.getEncoder().encodeToString(Signing.fastest().random32().expose(SecretAccess.grant()));
        String settings = "STEM_SIGNING_KEYS=primary:" + secret + "\nSTEM_SIGNING_ACTIVE_KEY=primary\n";
        OwnerOnlyFiles.write(folder.resolve(".env"), settings.getBytes(StandardCharsets.UTF_8));
        Thread worker = Thread.ofPlatform().daemon().start(() -> Stem.execute(context, "worker", "start"));
        stem("enqueue", "demo.echo", "--args", "{\"hello\":\"world\"}", "--wait");
        stem("dlq", "list", "--queue", "default");
        stem("schedule", "list");
        stem("worker", "shutdown", "--mode", "warm");
        if (!worker.join(STOP_TIMEOUT)) {
            throw new CommandFailed("the worker did not stop");
        }
    }

    private void stem(String... arguments) {
        int code = Stem.execute(context, arguments);
        if (code != 0) {
            throw new CommandFailed("stem " + String.join(" ", arguments) + " ended with code " + code);
        }
    }
}
