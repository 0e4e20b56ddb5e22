package bulwark.app.cli;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ErrorReport;
import bulwark.kernel.error.ExitCode;
import java.io.PrintWriter;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * A command with all commands below it: each gets the context, answers {@code --help}, writes to the context's streams, and ends with the numbers that its program counts in.
 * Used by one thread.
 */
public final class CommandTree {
    private final CommandLine line;
    private final CommandContext context;
    private final ToIntFunction<ExitCode> numbers;
    private @Nullable Class<? extends RuntimeException> mistake;

    /** @param numbers for instance {@code ExitCode::plain} */
    public CommandTree(Class<?> root, CommandContext context, ToIntFunction<ExitCode> numbers) {
        this.context = context;
        this.numbers = numbers;
        line = new CommandLine(root, new CommandFactory(context));
    }

    /** Hangs another command below the first one. */
    public CommandTree with(Class<?> command) {
        return with(new CommandLine(command, new CommandFactory(context)));
    }

    /** For a command whose constructor takes more than the context. */
    public CommandTree with(CommandLine command) {
        line.addSubcommand(command);
        return this;
    }

    /** Such an exception of a command tells of a mistake in its arguments, not in the program. */
    public CommandTree mistake(Class<? extends RuntimeException> type) {
        mistake = type;
        return this;
    }

    /** The exit code; the sentences of a failure stand on the context's error stream. */
    public int execute(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (!ProcessArguments.isText(arguments[i])) {
                return explain(CommandFailed.usage(
                        "argument " + (i + 1) + " is not UTF-8: write it in UTF-8, whatever the locale is"));
            }
        }
        return written(line().execute(arguments));
    }

    /** A command whose words were lost did not do what it was asked to do. */
    private int written(int code) {
        if (!context.out().checkError()) {
            return code;
        }
        int failed = explain(
                new CommandFailed(
                        "standard output could not be written: it is closed, or its disk is full; what was printed is not whole"));
        return code == ExitCode.DONE.plain() ? failed : code;
    }

    public CommandLine line() {
        line.setOut(new PrintWriter(context.out(), true));
        line.setErr(new PrintWriter(context.err(), true));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // An option that reads @FILE does so itself: the file must not become options.
        line.setExpandAtFiles(false);
        line.setExecutionExceptionHandler((thrown, command, parsed) -> explain(thrown));
        forEach(
                line,
                command -> command.getCommandSpec()
                        .mixinStandardHelpOptions(true)
                        .exitCodeOnInvalidInput(numbers.applyAsInt(ExitCode.USAGE)));
        return line;
    }

    private int explain(Exception thrown) {
        Exception known = mistake != null && mistake.isInstance(thrown)
                ? CommandFailed.usage(String.valueOf(thrown.getMessage()))
                : thrown;
        return numbers.applyAsInt(ErrorReport.print(known, context.err()));
    }

    private static void forEach(CommandLine line, Consumer<CommandLine> action) {
        action.accept(line);
        line.getSubcommands().values().forEach(command -> forEach(command, action));
    }
}
