package bulwark.app.stoa;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.CommandGroup;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The key that signs snapshots, replaced without one that a gateway refuses: announced, named at every gateway, promoted. */
@Command(
        name = "snapshot-key",
        mixinStandardHelpOptions = true,
        description = "Replace the key that signs snapshots, in two steps.",
        subcommands = {SnapshotKeyCommand.Announce.class, SnapshotKeyCommand.Promote.class})
final class SnapshotKeyCommand extends CommandGroup {
    SnapshotKeyCommand(CommandContext context) {
        super(context);
    }

    @Command(
            name = "announce",
            mixinStandardHelpOptions = true,
            description =
                    "Make the next key, and print what every gateway must have in STOA_CONTROL_PLANE_KEYS before it is promoted.")
    static final class Announce implements Callable<Integer> {
        private final CommandContext context;

        Announce(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            return step(context, "announce");
        }
    }

    @Command(
            name = "promote",
            mixinStandardHelpOptions = true,
            description =
                    "Sign with the announced key from now on, and print what gateways need to trust from then on.")
    static final class Promote implements Callable<Integer> {
        private final CommandContext context;

        Promote(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            return step(context, "promote");
        }
    }

    private static int step(CommandContext context, String verb) {
        try (ControlOwner owner = ControlOwner.of(context)) {
            var keys = owner.post("/owner/snapshot-key/" + verb, Map.of()).path("snapshot_keys");
            context.out()
                    .println("STOA_CONTROL_PLANE_KEYS="
                            + String.join(
                                    ",",
                                    keys.valueStream()
                                            .map(key -> key.asString())
                                            .toList()));
            return 0;
        }
    }
}
