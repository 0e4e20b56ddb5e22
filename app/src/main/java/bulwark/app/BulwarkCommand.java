package bulwark.app;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.app.cli.CommandTree;
import bulwark.app.docs.DocsCommand;
import bulwark.app.doctor.DoctorCommand;
import bulwark.app.doctor.VerifyBundleCommand;
import bulwark.app.rotate.RotateCommand;
import bulwark.app.up.Part;
import bulwark.app.up.PartList;
import bulwark.app.up.UpCommand;
import bulwark.kernel.error.ExitCode;
import java.util.Arrays;
import picocli.CommandLine.Command;

/** Every command of every part. */
@Command(
        name = "bulwark",
        description = "Hardened services on one security kernel.",
        mixinStandardHelpOptions = true,
        version = "bulwark 0.1.0",
        subcommands = {
            TrainingRunCommand.class,
            DocsCommand.class,
            DoctorCommand.class,
            VerifyBundleCommand.class,
            RotateCommand.class
        })
final class BulwarkCommand extends CommandGroup {
    /** Needs no part, and loads none: it is asked by programs, often, and on machines where nothing of ours runs. */
    static final String VERIFY = "verify";

    BulwarkCommand(CommandContext context) {
        super(context);
    }

    static CommandTree tree(CommandContext context) {
        CommandTree tree = new CommandTree(BulwarkCommand.class, context, ExitCode::plain)
                .with(UpCommand.of(PartList.all(), context));
        PartList.all().stream().flatMap(part -> part.commands().stream()).forEach(tree::with);
        return tree;
    }

    /** A command with a script of its own is the root of its tree: its usage then shows the name that was typed. @return the exit code */
    static int execute(CommandContext context, String... arguments) {
        if (arguments.length > 0 && arguments[0].equals(VERIFY)) {
            CommandTree verify = new CommandTree(VerifyBundleCommand.class, context, ExitCode::plain);
            verify.line().setCommandName("bulwark " + VERIFY);
            return verify.execute(Arrays.copyOfRange(arguments, 1, arguments.length));
        }
        for (Part part : PartList.all()) {
            for (Class<?> command : part.commands()) {
                String name = command.getAnnotation(Command.class).name();
                if (arguments.length > 0
                        && arguments[0].equals(name)
                        && part.scripts().stream()
                                .anyMatch(script -> script.name().equals(name))) {
                    return new CommandTree(command, context, ExitCode::plain)
                            .execute(Arrays.copyOfRange(arguments, 1, arguments.length));
                }
            }
        }
        return tree(context).execute(arguments);
    }
}
