package bulwark.app;

import bulwark.kernel.config.Configuration.ConfigurationRefused;
import bulwark.kernel.tls.TlsDefaults;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The one entry point: every command of every part. Exit codes: 0 done, 1 failed, 2 usage. */
@Command(
        name = "bulwark",
        description = "Hardened services on one security kernel.",
        mixinStandardHelpOptions = true,
        version = "bulwark 0.1.0",
        subcommands = {UpCommand.class, NodeCommand.class, StigmemCommand.class, RehearseCommand.class})
public final class Main implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    public static void main(String[] arguments) {
        TlsDefaults.apply();
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setExecutionExceptionHandler((thrown, command, parsed) -> explain(thrown, command))
                .setExitCodeExceptionMapper(thrown -> 1);
    }

    /** Known refusals are sentences; anything else keeps its stack trace, because then we are at fault. */
    private static int explain(Exception thrown, CommandLine command) throws Exception {
        switch (thrown) {
            case ConfigurationRefused refused -> refused.problems().forEach(problem -> error(command, problem));
            case CommandFailed failed -> error(command, String.valueOf(failed.getMessage()));
            case bulwark.kernel.storage.StoreRefused refused -> error(command, String.valueOf(refused.getMessage()));
            case bulwark.kernel.keys.KeyRefused refused -> error(command, String.valueOf(refused.getMessage()));
            case bulwark.kernel.tls.TlsRefused refused -> error(command, String.valueOf(refused.getMessage()));
            case bulwark.web.Edge.EdgeFailed failed -> error(command, String.valueOf(failed.getMessage()));
            default -> throw thrown;
        }
        return 1;
    }

    private static void error(CommandLine command, String sentence) {
        command.getErr().println("error: " + sentence);
        command.getErr().flush();
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
