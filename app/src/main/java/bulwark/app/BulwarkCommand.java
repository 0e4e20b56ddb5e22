package bulwark.app;

import bulwark.app.docs.DocsCommand;
import bulwark.app.stem.Stem;
import bulwark.app.up.UpCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Every command of every part. */
@Command(
        name = "bulwark",
        description = "Hardened services on one security kernel.",
        mixinStandardHelpOptions = true,
        version = "bulwark 0.1.0",
        subcommands = {TrainingRunCommand.class, DocsCommand.class})
final class BulwarkCommand implements Runnable {
    static int execute(String[] arguments) {
        return line().setExecutionExceptionHandler((thrown, command, parsed) -> Main.explain(thrown))
                .execute(arguments);
    }

    static CommandLine line() {
        CommandLine line = new CommandLine(new BulwarkCommand(), Stem.factory());
        line.addSubcommand(UpCommand.of(PartList.ALL));
        PartList.ALL.stream()
                .flatMap(part -> part.commands().stream())
                .forEach(command -> line.addSubcommand(new CommandLine(command, Stem.factory())));
        Stem.offerHelp(line);
        return line;
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
