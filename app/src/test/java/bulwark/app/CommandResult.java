package bulwark.app;

import bulwark.app.cli.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.stream.Stream;

/** One command of the program in this process, and what it said. */
public record CommandResult(int code, String out, String err) {
    public static CommandResult stem(Path directory, Map<String, String> environment, String... arguments) {
        return of(
                directory,
                environment,
                "",
                Stream.concat(Stream.of("stem"), Stream.of(arguments)).toArray(String[]::new));
    }

    public static CommandResult stigmem(Path directory, Map<String, String> environment, String... arguments) {
        return of(
                directory,
                environment,
                "",
                Stream.concat(Stream.of("stigmem"), Stream.of(arguments)).toArray(String[]::new));
    }

    /** With streams of the caller's. @return the exit code */
    public static int run(CommandContext context, String... arguments) {
        return Main.run(context, arguments);
    }

    /** @param in what stands on standard input */
    public static CommandResult of(Path directory, Map<String, String> environment, String in, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        CommandContext context = new CommandContext(
                environment,
                directory,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Clock.systemUTC());
        int code = run(context, arguments);
        return new CommandResult(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
