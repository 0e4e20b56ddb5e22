package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.app.cli.OptionParsers;
import bulwark.kernel.error.ExitCode;
import bulwark.kernel.error.PrintableText;
import bulwark.tasks.control.ControlClient;
import bulwark.tasks.control.ControlReply;
import bulwark.tasks.setup.TaskRuntime;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Options of every command that asks workers something, and the asking. */
final class ControlOptions {
    @Mixin
    final SettingsOptions settings;

    @Option(
            names = {"-w", "--worker"},
            paramLabel = "ID",
            description = "Only this worker; may be repeated (default: all).")
    private List<String> workers = List.of();

    @Option(names = "--namespace", description = "Namespace of the workers (default: STEM_WORKER_NAMESPACE).")
    private @Nullable String namespace;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "How long to wait for replies (default: STEM_CONTROL_TIMEOUT, 5s).")
    private @Nullable String timeout;

    @Option(names = "--json", description = "Print the replies as JSON.")
    private boolean json;

    ControlOptions(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    PrintStream out() {
        return settings.session().out();
    }

    String namespace(TaskRuntime runtime) {
        return namespace != null ? namespace : runtime.configuration().text("STEM_WORKER_NAMESPACE");
    }

    /** How the replies of one kind of question are shown. */
    interface ReplyPrinter {
        void print(List<ControlReply> replies);
    }

    /** @return exit code */
    int send(TaskRuntime runtime, String type, ObjectNode payload, ReplyPrinter shown) throws InterruptedException {
        Duration patience = timeout == null
                ? runtime.configuration().duration("STEM_CONTROL_TIMEOUT")
                : OptionParsers.duration("--timeout", timeout);
        ControlClient client =
                new ControlClient(runtime.stores(), runtime.signing(), namespace(runtime), runtime.clock());
        List<ControlReply> replies = client.request(type, workers, payload, patience);
        if (json) {
            out().println(Json.pretty(json(replies)));
        } else if (replies.isEmpty()) {
            out().println("No replies received within " + patience.toMillis() + "ms.");
        } else {
            shown.print(replies);
        }
        List<String> unsigned = replies.stream()
                .filter(reply -> !reply.signed())
                .map(reply -> PrintableText.line(reply.workerId()))
                .toList();
        if (!unsigned.isEmpty() && runtime.signing().canVerify()) {
            settings.session()
                    .err()
                    .println("Not signed, so anybody who reaches the broker may have written it: the reply of "
                            + String.join(", ", unsigned));
        }
        List<String> silent = new ArrayList<>(workers);
        replies.forEach(reply -> silent.remove(reply.workerId()));
        if (!silent.isEmpty()) {
            settings.session().err().println("No reply from: " + String.join(", ", silent));
        }
        boolean failed =
                replies.isEmpty() || !silent.isEmpty() || replies.stream().anyMatch(reply -> !reply.ok());
        return failed ? ExitCode.FAILED.sysexit() : 0;
    }

    private static ArrayNode json(List<ControlReply> replies) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (ControlReply reply : replies) {
            ObjectNode entry = all.addObject()
                    .put("requestId", reply.requestId())
                    .put("workerId", reply.workerId())
                    .put("status", reply.ok() ? "ok" : "error");
            entry.set("payload", reply.payload());
            if (reply.error() != null) {
                entry.put("error", reply.error());
            }
            entry.put("signed", reply.signed());
        }
        return all;
    }

    static String status(ControlReply reply) {
        return reply.ok() ? "ok" : "error: " + reply.error();
    }

    /** A block for each worker, a line for each member of its answer. */
    void blocks(List<ControlReply> replies) {
        for (ControlReply reply : replies) {
            out().println("Worker " + PrintableText.line(reply.workerId()) + " (" + PrintableText.line(status(reply))
                    + ")");
            reply.payload()
                    .properties()
                    .forEach(member -> out().println("  " + PrintableText.line(member.getKey()) + ": "
                            + PrintableText.line(
                                    member.getValue().isString()
                                            ? member.getValue().stringValue()
                                            : Json.compact(member.getValue()))));
        }
    }
}
