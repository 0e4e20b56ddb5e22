package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandTree;
import bulwark.kernel.error.ExitCode;

/** Runs one {@code stem} command. Ends with the {@code sysexit} of an {@link ExitCode}. */
final class Stem {
    private Stem() {}

    static int execute(CommandContext context, String... arguments) {
        // A value that the client refuses to send is the caller's mistake.
        return new CommandTree(StemCommand.class, context, ExitCode::sysexit)
                .mistake(IllegalArgumentException.class)
                .execute(arguments);
    }
}
