package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.app.cli.TextTable;
import bulwark.tasks.control.ControlReply;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.store.Revocation;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Queues from which nothing is run for a while: kept in the store, so that workers which start later know it too. */
final class WorkerPauseCommands {
    private WorkerPauseCommands() {}

    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Pause these queues until they are resumed.")
    static final class Pause extends PauseCommand {
        Pause(CommandContext context) {
            super(context, "queue_pause", false);
        }
    }

    @Command(name = "resume", mixinStandardHelpOptions = true, description = "Resume paused queues.")
    static final class Resume extends PauseCommand {
        Resume(CommandContext context) {
            super(context, "queue_resume", true);
        }
    }

    private abstract static class PauseCommand implements Callable<Integer> {
        private final String type;
        private final boolean over;

        @Mixin
        private final ControlOptions control;

        @Option(
                names = {"-q", "--queue"},
                required = true,
                description = "A queue; may be repeated.")
        private List<String> queues = List.of();

        @Option(names = "--reason", description = "Reason, stored with the pause.")
        private @Nullable String reason;

        @Option(names = "--requester", description = "Name of the requester (default ${DEFAULT-VALUE}).")
        private String requester = "stem-cli";

        PauseCommand(CommandContext context, String type, boolean over) {
            this.control = new ControlOptions(context);
            this.type = type;
            this.over = over;
        }

        @Override
        public final Integer call() throws InterruptedException {
            ObjectNode payload = Json.object().put("requester", requester);
            ArrayNode names = payload.putArray("queues");
            queues.forEach(names::add);
            if (reason != null) {
                payload.put("reason", reason);
            }
            try (TaskRuntime runtime = control.settings.open()) {
                Instant now = runtime.clock().instant();
                for (String queue : queues) {
                    runtime.stores()
                            .revocations()
                            .upsert(new Revocation(
                                    control.namespace(runtime),
                                    Revocation.PAUSE + queue,
                                    WorkerRevokeCommand.version(runtime.clock()),
                                    now,
                                    false,
                                    reason,
                                    requester,
                                    over ? now : null));
                }
                control.send(runtime, type, payload, this::print);
                return 0; // it is stored: workers that did not answer read it by themselves
            }
        }

        private void print(List<ControlReply> replies) {
            TextTable table = new TextTable()
                    .column("Worker", 40)
                    .column("Status", 8)
                    .column("Updated", 24)
                    .column("Paused queues (after)", 40);
            table.header(control.out());
            replies.forEach(reply -> table.row(
                    control.out(),
                    reply.workerId(),
                    ControlOptions.status(reply),
                    joined(reply.payload().path("updated")),
                    joined(reply.payload().path("paused"))));
        }

        private static String joined(tools.jackson.databind.JsonNode names) {
            if (!names.isArray()) {
                return WorkerControlCommands.text(names);
            }
            List<String> texts = new java.util.ArrayList<>();
            names.forEach(name -> texts.add(name.asString("")));
            return texts.isEmpty() ? "-" : String.join(", ", texts);
        }
    }
}
