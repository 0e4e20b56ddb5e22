package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.app.cli.OptionParsers;
import bulwark.app.cli.TextInput;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.PrintableText;
import bulwark.kernel.json.StrictJson;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.setup.TaskRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** Sends one task; with {@code --wait} prints its result. */
@Command(
        name = "enqueue",
        aliases = "produce",
        mixinStandardHelpOptions = true,
        description = "Send a task, signed when there is a signing key. Prints its id, or with --wait its result.")
final class EnqueueCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings;

    @Parameters(paramLabel = "NAME", description = "The task, for instance demo.echo.")
    private String name = "";

    @Option(
            names = "--args",
            paramLabel = "JSON",
            description = "Arguments of the task: a JSON object, @FILE, or - for standard input.")
    private String args = "{}";

    @Option(
            names = {"-q", "--queue"},
            description = "Queue or priority (default: what the routing says).")
    private @Nullable String queue;

    @Option(names = "--id", description = "Id of the task (default: a new one).")
    private @Nullable String id;

    @Option(names = "--priority", description = "0 to 9, 9 first.")
    private @Nullable Integer priority;

    @Option(
            names = {"--countdown", "--delay"},
            paramLabel = "DURATION",
            description = "Earliest start, as a delay from now.")
    private @Nullable String countdown;

    @Option(names = "--eta", paramLabel = "TIME", description = "Earliest start, as an ISO 8601 time.")
    private @Nullable String eta;

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description = "Expires at TIME, or after DURATION; a task not started by then is cancelled.")
    private @Nullable String expires;

    @Option(names = "--max-retries", description = "Maximum number of retries (default: STEM_DEFAULT_MAX_RETRIES).")
    private @Nullable Integer maxRetries;

    @Option(
            names = "--time-limit",
            paramLabel = "DURATION",
            description = "Hard time limit; the run is interrupted after DURATION.")
    private @Nullable String timeLimit;

    @Option(
            names = "--soft-time-limit",
            paramLabel = "DURATION",
            description = "Soft time limit; the run is asked to stop after DURATION.")
    private @Nullable String softTimeLimit;

    @Option(
            names = "--unique-for",
            paramLabel = "DURATION",
            description = "De-duplicate: no second identical task for DURATION.")
    private @Nullable String uniqueFor;

    @Option(names = "--unique-key", description = "Key to de-duplicate by (default: name, queue and arguments).")
    private @Nullable String uniqueKey;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header; may be repeated.")
    private Map<String, String> headers = Map.of();

    @Option(names = "--wait", description = "Wait until the task finishes and print its result.")
    private boolean wait;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "Maximum wait (default ${DEFAULT-VALUE}).")
    private String timeout = "60s";

    @Option(names = "--json", description = "Print everything that is known as JSON.")
    private boolean json;

    EnqueueCommand(CommandContext context) {
        this.settings = new SettingsOptions(context);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ObjectNode arguments = Json.parseObject(TextInput.read("--args", args, settings.session()), "--args");
        Duration longest = OptionParsers.duration("--timeout", timeout);
        try (TaskRuntime runtime = settings.open()) {
            if (!runtime.signing().canSign()) {
                settings.session()
                        .err()
                        .println(
                                "warning: no signing key: the task goes out unsigned, and a worker that verifies"
                                        + " refuses it. Set STEM_SIGNING_KEYS and STEM_SIGNING_ACTIVE_KEY (stem keygen hmac makes them).");
            }
            EnqueueRequest request = call(arguments, runtime);
            String sent = runtime.client().enqueue(request);
            if (!wait) {
                settings.session()
                        .out()
                        .println(json ? Json.compact(Json.object().put("id", sent)) : sent);
                return 0;
            }
            settings.session().err().println("enqueued " + sent);
            return report(sent, runtime.client().await(sent, longest), longest);
        }
    }

    private EnqueueRequest call(ObjectNode arguments, TaskRuntime runtime) {
        EnqueueRequest request =
                EnqueueRequest.named(name, arguments).withHeaders(headers).withMaxRetries(retries(runtime));
        request = id == null ? request : request.withId(id);
        request = queue == null ? request : request.withQueue(queue);
        request = priority == null ? request : request.withPriority(OptionParsers.number("--priority", priority, 0, 9));
        request = countdown == null
                ? request
                : request.withNotBefore(
                        runtime.clock().instant().plus(OptionParsers.duration("--countdown", countdown)));
        request = eta == null ? request : request.withNotBefore(TimeOptions.time("--eta", eta));
        request = expires == null
                ? request
                : request.withExpires(TimeOptions.when("--expires", expires, runtime.clock()));
        request = timeLimit == null
                ? request
                : request.withHardTimeLimit(OptionParsers.duration("--time-limit", timeLimit));
        request = softTimeLimit == null
                ? request
                : request.withSoftTimeLimit(OptionParsers.duration("--soft-time-limit", softTimeLimit));
        request =
                uniqueFor == null ? request : request.withUniqueFor(OptionParsers.duration("--unique-for", uniqueFor));
        return uniqueKey == null ? request : request.withUniqueKey(uniqueKey);
    }

    private int retries(TaskRuntime runtime) {
        if (maxRetries != null) {
            return OptionParsers.number("--max-retries", maxRetries, 0, Integer.MAX_VALUE);
        }
        long standard = runtime.configuration().count("STEM_DEFAULT_MAX_RETRIES");
        return (int) Math.min(Integer.MAX_VALUE, standard);
    }

    private int report(String sent, Optional<TaskStatus> known, Duration longest) {
        if (known.isEmpty() || !known.get().state().terminal()) {
            throw CommandFailed.negative(
                    "task " + sent + " is " + known.map(s -> s.state().wire()).orElse("unknown") + " after "
                            + longest.toMillis() + "ms: is a worker running on its queue? (stem worker status)");
        }
        TaskStatus status = known.get();
        if (json) {
            settings.session().out().println(Json.pretty(StatusJson.of(status)));
        } else if (status.state() == TaskState.SUCCEEDED) {
            settings.session().out().println(status.payload() == null ? "null" : StrictJson.text(status.payload()));
        }
        if (status.state() == TaskState.SUCCEEDED) {
            return 0;
        }
        throw new CommandFailed("task " + sent + " " + status.state().wire()
                + (status.error() == null
                        ? ""
                        : ": " + status.error().type() + ": "
                                + PrintableText.line(status.error().message())));
    }
}
