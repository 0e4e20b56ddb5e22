package bulwark.app.stem;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ErrorReport;
import bulwark.kernel.error.ExitCode;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Runs one {@code stem} command. Ends with the {@code sysexit} of an {@link ExitCode}. */
public final class Stem {
    private Stem() {}

    /** With the environment, folder and streams of this process. */
    public static int execute(String... arguments) {
        return execute(CommandContext.ofProcess(), arguments);
    }

    static int execute(CommandContext context, String... arguments) {
        CommandLine line = new CommandLine(new StemCommand(context), factory(context));
        line.setOut(new java.io.PrintWriter(context.out(), true));
        line.setErr(new java.io.PrintWriter(context.err(), true));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        forEach(line, command -> command.getCommandSpec().exitCodeOnInvalidInput(ExitCode.USAGE.sysexit()));
        offerHelp(line);
        return line.setExecutionExceptionHandler((thrown, command, parsed) -> explain(thrown, context.err()))
                .execute(arguments);
    }

    /** Every command and every group of commands answers {@code --help}, whether it was declared with it or not. */
    public static void offerHelp(CommandLine line) {
        forEach(line, command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    }

    private static void forEach(CommandLine line, java.util.function.Consumer<CommandLine> action) {
        action.accept(line);
        line.getSubcommands().values().forEach(command -> forEach(command, action));
    }

    /** Makes the commands of this package too, for a command line that holds them among others. */
    public static IFactory factory() {
        return factory(CommandContext.ofProcess());
    }

    /** Commands and their mixins are made with the session where they ask for it. */
    private static IFactory factory(CommandContext context) {
        IFactory otherwise = CommandLine.defaultFactory();
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                    if (constructor.getParameterCount() == 1
                            && constructor.getParameterTypes()[0] == CommandContext.class) {
                        constructor.setAccessible(true);
                        return type.cast(constructor.newInstance(context));
                    }
                }
                return otherwise.create(type);
            }
        };
    }

    /** A value that the client refuses to send is the caller's mistake. */
    private static int explain(Exception thrown, PrintStream err) {
        Exception known = thrown instanceof IllegalArgumentException
                ? CommandFailed.usage(String.valueOf(thrown.getMessage()))
                : thrown;
        return ErrorReport.print(known, err).sysexit();
    }
}
