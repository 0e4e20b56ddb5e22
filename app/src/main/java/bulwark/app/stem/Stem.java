package bulwark.app.stem;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.keys.KeyRefused;
import bulwark.kernel.process.FileRefused;
import bulwark.kernel.storage.StoreRefused;
import bulwark.kernel.tls.TlsRefused;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.exec.ExecRefused;
import bulwark.tasks.handler.HandlersRefused;
import bulwark.tasks.schedule.ScheduleEditor;
import bulwark.tasks.schedule.ScheduleRefused;
import bulwark.tasks.worker.WorkerRefused;
import bulwark.web.Edge.EdgeFailed;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Runs one {@code stem} command. Exit codes: 0 done, 1 answered in the negative, 3 not running, 64 usage, 70 something else failed. */
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
        forEach(line, command -> command.getCommandSpec().exitCodeOnInvalidInput(StemCommandFailed.USAGE));
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

    /** Known refusals are sentences; anything else keeps its stack trace, because then we are at fault. */
    static int explain(Exception thrown, PrintStream err) {
        switch (thrown) {
            case StemCommandFailed failed -> {
                error(err, failed);
                return failed.code();
            }
            case ConfigurationRefused refused -> {
                refused.problems().forEach(problem -> err.println("error: " + problem));
                return StemCommandFailed.USAGE;
            }
            case ScheduleRefused refused -> {
                refused.faults().forEach(fault -> err.println("error: " + TextTable.printable(fault)));
                return StemCommandFailed.USAGE;
            }
            case IllegalArgumentException refused -> {
                error(err, refused);
                return StemCommandFailed.USAGE;
            }
            case WorkerRefused refused -> {
                refused.problems().forEach(problem -> err.println("error: " + problem));
                return StemCommandFailed.USAGE;
            }
            case ExecRefused refused -> {
                refused.problems().forEach(problem -> err.println("error: " + problem));
                return StemCommandFailed.USAGE;
            }
            case HandlersRefused refused -> error(err, refused);
            case BrokerUnavailable unavailable -> error(err, unavailable);
            case StoreRefused refused -> error(err, refused);
            case KeyRefused refused -> error(err, refused);
            case FileRefused refused -> error(err, refused);
            case TlsRefused refused -> error(err, refused);
            case EdgeFailed failed -> error(err, failed);
            case ScheduleEditor.ConcurrentEdit contended -> error(err, contended);
            case IOException failed -> err.println("error: " + failed);
            case UncheckedIOException failed -> err.println("error: " + failed.getMessage() + ": " + failed.getCause());
            default -> thrown.printStackTrace(err);
        }
        return StemCommandFailed.UNAVAILABLE;
    }

    private static void error(PrintStream err, Exception thrown) {
        err.println("error: " + thrown.getMessage());
    }
}
