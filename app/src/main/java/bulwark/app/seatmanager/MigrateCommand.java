package bulwark.app.seatmanager;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.seats.store.SchemaGate;
import bulwark.seats.store.SeatStore;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The schema of the store: looked at, brought up to date, and compared with what it must be. */
@Command(
        name = "migrate",
        description = "Look at the schema of the store, and bring it up to date.",
        subcommands = {MigrateCommand.Status.class, MigrateCommand.Deploy.class, MigrateCommand.Verify.class})
final class MigrateCommand extends CommandGroup {
    MigrateCommand(CommandContext context) {
        super(context);
    }

    private static int print(CommandContext context, SchemaGate.Verdict verdict) {
        context.out().println(verdict.code() + ": " + verdict.sentence());
        return verdict.exitCode();
    }

    @Command(
            name = "status",
            description =
                    "Say whether migrations are pending: ends with 0 when none is, 3 when some are, 4 when the history"
                            + " is failed, edited or of a newer program.")
    record Status(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            return print(context, SeatStore.status(SeatFolder.store(context)));
        }
    }

    @Command(name = "deploy", description = "Apply what is pending; makes the store where there is none.")
    record Deploy(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            try {
                String loss = SeatFolder.lenient(context).text("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS");
                return print(context, SeatStore.deploy(SeatFolder.store(context), loss, context.clock()));
            } catch (SeatStore.SchemaRefused refused) {
                return print(context, refused.verdict());
            }
        }
    }

    @Command(
            name = "verify",
            description =
                    "Compare the live tables with what the migrations make: ends with 4 when somebody changed them.")
    record Verify(CommandContext context) implements Callable<Integer> {
        @Override
        public Integer call() {
            return print(context, SeatStore.verify(SeatFolder.store(context)));
        }
    }
}
