package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.signing.Signing;
import bulwark.seats.approval.ApproverKey;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Keys of the people who approve plans. */
@Command(
        name = "approver",
        description = "Make the keys with which people approve plans.",
        subcommands = SeatApproverCommand.Key.class)
final class SeatApproverCommand extends CommandGroup {
    SeatApproverCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "key",
            description = "The key of one person, on that person's own machine.",
            subcommands = Create.class)
    static final class Key extends CommandGroup {
        Key(CommandContext context) {
            super(context);
        }
    }

    @Command(
            name = "create",
            description = "Make a key in a new file that its owner alone can read, and print its entry for the list of"
                    + " approvers.")
    static final class Create implements Callable<Integer> {
        private final CommandContext context;

        @Option(
                names = "--person",
                required = true,
                paramLabel = "NAME",
                description = "Username of the person in the service, in lower case.")
        private String person = "";

        @Option(names = "--key", required = true, paramLabel = "FILE", description = "New file for the key.")
        private String file = "";

        Create(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() throws IOException {
            if (!person.matches("[a-z0-9][a-z0-9._@-]{0,63}")) {
                throw CommandFailed.usage("--person must be a username in lower case: letters, digits and . _ @ -");
            }
            Path path = context.directory().resolve(file);
            try {
                ApproverKey key = ApproverKey.create(path, person, Signing.fastest());
                context.out().println(StrictJson.text(key.listEntry()));
                context.err()
                        .println("the key is in " + path
                                + " (mode 600). Have the line above added to the list of approvers"
                                + " of the signer, by another channel than the service.");
                return ExitCode.DONE.plain();
            } catch (FileAlreadyExistsException e) {
                throw CommandFailed.usage(path + " is there already: no key is replaced. Name a new file");
            }
        }
    }
}
