package bulwark.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a command as a user would, with a deadline and without input. */
public final class Shell {
    private Shell() {}

    public record Outcome(int exitCode, String out, String err) {}

    public static Outcome bash(Path directory, Map<String, String> settings, Duration deadline, String script)
            throws IOException, InterruptedException {
        return run(directory, settings, deadline, List.of("bash", "-c", script));
    }

    /** @throws AssertionError when the command does not end in time; it is killed then */
    public static Outcome run(Path directory, Map<String, String> settings, Duration deadline, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("out", ".txt");
        Path err = Files.createTempFile("err", ".txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            ProgramProcess.replaceSettings(builder.environment(), settings);
            builder.redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            Process process = builder.start();
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError("no end after " + deadline + ": " + command + "\n" + read(out) + read(err));
            }
            return new Outcome(process.exitValue(), read(out), read(err));
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
