package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.app.cli.TextTable;
import bulwark.tasks.control.ControlReply;
import bulwark.tasks.setup.TaskRuntime;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Questions to running workers, and the order to stop. */
final class WorkerControlCommands {
    private WorkerControlCommands() {}

    /** Sends one control command and prints the replies: a block for each worker, unless told otherwise. */
    private abstract static class ControlCommand implements Callable<Integer> {
        private final String type;

        @Mixin
        final ControlOptions control;

        ControlCommand(CommandContext context, String type) {
            this.control = new ControlOptions(context);
            this.type = type;
        }

        ObjectNode payload() {
            return Json.object();
        }

        void print(List<ControlReply> replies) {
            control.blocks(replies);
        }

        @Override
        public final Integer call() throws InterruptedException {
            try (TaskRuntime runtime = control.settings.open()) {
                return control.send(runtime, type, payload(), this::print);
            }
        }
    }

    @Command(name = "ping", mixinStandardHelpOptions = true, description = "Ping running workers.")
    static final class Ping extends ControlCommand {
        Ping(CommandContext context) {
            super(context, "ping");
        }

        @Override
        void print(List<ControlReply> replies) {
            TextTable table = new TextTable()
                    .column("Worker", 40)
                    .column("Status", 8)
                    .column("Queue", 24)
                    .column("Inflight", 8)
                    .column("Timestamp", 27);
            table.header(control.out());
            replies.forEach(reply -> table.row(
                    control.out(),
                    reply.workerId(),
                    ControlOptions.status(reply),
                    text(reply.payload().path("queue")),
                    text(reply.payload().path("inflight")),
                    text(reply.payload().path("timestamp"))));
        }
    }

    @Command(name = "stats", mixinStandardHelpOptions = true, description = "Show statistics of running workers.")
    static final class Stats extends ControlCommand {
        Stats(CommandContext context) {
            super(context, "stats");
        }
    }

    @Command(
            name = "inspect",
            mixinStandardHelpOptions = true,
            description = "Show running and revoked tasks of each worker.")
    static final class Inspect extends ControlCommand {
        @Option(
                names = "--include-revoked",
                negatable = true,
                defaultValue = "true",
                fallbackValue = "true",
                description = "Also the revoked tasks that they know of (the default).")
        private boolean includeRevoked = true;

        Inspect(CommandContext context) {
            super(context, "inspect");
        }

        @Override
        ObjectNode payload() {
            return Json.object().put("includeRevoked", includeRevoked);
        }
    }

    @Command(name = "shutdown", mixinStandardHelpOptions = true, description = "Ask them to stop.")
    static final class Shutdown extends ControlCommand {
        enum Mode {
            WARM,
            SOFT,
            HARD
        }

        @Option(
                names = "--mode",
                description =
                        "warm: finish what runs; soft: ask it to stop; hard: put it back (default ${DEFAULT-VALUE}).")
        private Mode mode = Mode.WARM;

        Shutdown(CommandContext context) {
            super(context, "shutdown");
        }

        @Override
        ObjectNode payload() {
            return Json.object().put("mode", mode.name().toLowerCase(Locale.ROOT));
        }

        @Override
        void print(List<ControlReply> replies) {
            TextTable table = new TextTable()
                    .column("Worker", 40)
                    .column("Status", 12)
                    .column("Mode", 6)
                    .column("Active", 6);
            table.header(control.out());
            replies.forEach(reply -> table.row(
                    control.out(),
                    reply.workerId(),
                    reply.ok() ? text(reply.payload().path("status")) : ControlOptions.status(reply),
                    text(reply.payload().path("mode")),
                    text(reply.payload().path("active"))));
        }
    }

    static String text(JsonNode node) {
        return node.isMissingNode() || node.isNull() ? "-" : node.isString() ? node.stringValue() : Json.compact(node);
    }
}
