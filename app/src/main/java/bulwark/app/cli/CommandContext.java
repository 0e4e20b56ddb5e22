package bulwark.app.cli;

import bulwark.kernel.config.DotEnv;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What one command may see of the world. A command takes it as the only argument of its constructor.
 *
 * @param directory absolute; what relative paths are read against
 * @param out UTF-8, like {@code err}
 */
public record CommandContext(
        Map<String, String> environment,
        Path directory,
        InputStream in,
        PrintStream out,
        PrintStream err,
        Clock clock) {
    public static CommandContext ofProcess() {
        return new CommandContext(
                System.getenv(),
                Path.of("").toAbsolutePath(),
                System.in,
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true, StandardCharsets.UTF_8),
                Clock.systemUTC());
    }

    /** A file of settings in the {@code .env} form. @throws CommandFailed naming each line that is none */
    public static Map<String, String> environmentFile(Path file) throws IOException {
        DotEnv read = DotEnv.parse(Files.readString(file));
        if (!read.problems().isEmpty()) {
            throw CommandFailed.usage(file + ": " + String.join("; ", read.problems()));
        }
        return read.values();
    }
}
