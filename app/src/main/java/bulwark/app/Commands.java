package bulwark.app;

import bulwark.app.stem.Stem;
import bulwark.app.stem.StemCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Every command of every part. */
@Command(
        name = "bulwark",
        description = "Hardened services on one security kernel.",
        mixinStandardHelpOptions = true,
        version = "bulwark 0.1.0",
        subcommands = {
            UpCommand.class,
            NodeCommand.class,
            StigmemCommand.class,
            StemCommand.class,
            RehearseCommand.class
        })
final class Commands implements Runnable {
    static int execute(String[] arguments) {
        return new CommandLine(new Commands(), Stem.factory())
                .setExecutionExceptionHandler((thrown, command, parsed) -> Main.explain(thrown))
                .execute(arguments);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
