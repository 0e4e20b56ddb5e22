package bulwark.app.doctor;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import bulwark.doctor.memory.TargetMemory;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What the first visit took for true. */
@Command(
        name = "pins",
        description = "What the first visit pinned of a deployment.",
        subcommands = {PinsCommand.ListPins.class, PinsCommand.Forget.class})
final class PinsCommand extends CommandGroup {
    PinsCommand(CommandContext context) {
        super(context);
    }

    @Command(name = "list", description = "Print each pin and its value.")
    static final class ListPins implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final TargetOptions target;

        ListPins(CommandContext context) {
            this.context = context;
            this.target = new TargetOptions(context);
        }

        @Override
        public Integer call() throws IOException {
            try (TargetMemory memory =
                    TargetMemory.open(target.memory(), target.find().name())) {
                memory.pins().forEach((key, value) -> context.out().println(key + "  " + value));
            }
            return 0;
        }
    }

    @Command(name = "forget", description = "Forget a pin after a change of your own: the next visit takes a new one.")
    static final class Forget implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private final TargetOptions target;

        @Parameters(paramLabel = "KEY", description = "Key of the pin, as pins list prints it.")
        private String key = "";

        Forget(CommandContext context) {
            this.context = context;
            this.target = new TargetOptions(context);
        }

        @Override
        public Integer call() throws IOException {
            try (TargetMemory memory =
                    TargetMemory.open(target.memory(), target.find().name())) {
                if (!memory.forget(key)) {
                    throw CommandFailed.negative("there is no pin " + key + ": see bulwark doctor pins list");
                }
                memory.save(memory.lastVisit(), memory.verdicts());
            }
            context.out().println("forgot " + key + ": the next visit pins what it sees");
            return 0;
        }
    }
}
