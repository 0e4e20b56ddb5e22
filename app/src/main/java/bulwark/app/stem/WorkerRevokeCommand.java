package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.app.cli.OptionParsers;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.store.Revocation;
import bulwark.tasks.store.RevocationStore;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tasks that must not run: kept in the store, then sent to the running workers. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = "Revoke tasks; with --terminate also stop running ones.")
final class WorkerRevokeCommand implements Callable<Integer> {
    @Mixin
    private final ControlOptions control;

    @Option(
            names = {"-t", "--task"},
            required = true,
            paramLabel = "ID",
            description = "A task's id; may be repeated.")
    private List<String> ids = List.of();

    @Option(names = "--terminate", description = "Also ask it to stop when it runs.")
    private boolean terminate;

    @Option(names = "--reason", description = "Reason, stored with the revocation.")
    private @Nullable String reason;

    @Option(names = "--requester", description = "Name of the requester (default ${DEFAULT-VALUE}).")
    private String requester = "stem-cli";

    @Option(
            names = "--expires-in",
            paramLabel = "DURATION",
            description = "Drop the revocation after DURATION (default: never).")
    private @Nullable String expiresIn;

    WorkerRevokeCommand(CommandContext context) {
        this.control = new ControlOptions(context);
    }

    @Override
    public Integer call() throws InterruptedException {
        try (TaskRuntime runtime = control.settings.open()) {
            String namespace = control.namespace(runtime);
            Instant now = runtime.clock().instant();
            Instant end = expiresIn == null ? null : now.plus(OptionParsers.duration("--expires-in", expiresIn));
            RevocationStore store = runtime.stores().revocations();
            List<Revocation> stored = new ArrayList<>();
            for (String id : ids) {
                stored.add(store.upsert(new Revocation(
                        namespace, id, version(runtime.clock()), now, terminate, reason, requester, end)));
            }
            store.prune(namespace, now);
            control.out().println("revoked: " + stored.size() + " -> " + String.join(", ", ids));
            control.send(runtime, "revoke", payload(namespace, requester, stored), control::blocks);
            return 0; // it is stored: workers that did not answer read it by themselves
        }
    }

    /** Microseconds since 1970. */
    static long version(Clock clock) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    private static ObjectNode payload(String namespace, String requester, List<Revocation> revocations) {
        ObjectNode payload = Json.object().put("namespace", namespace).put("requester", requester);
        ArrayNode list = payload.putArray("revocations");
        for (Revocation each : revocations) {
            ObjectNode entry = list.addObject()
                    .put("namespace", each.namespace())
                    .put("taskId", each.taskId())
                    .put("version", each.version())
                    .put("issuedAt", DartTimestamps.of(each.issuedAt()))
                    .put("terminate", each.terminate());
            put(entry, "reason", each.reason());
            put(entry, "requestedBy", each.requestedBy());
            put(entry, "expiresAt", each.expiresAt() == null ? null : DartTimestamps.of(each.expiresAt()));
        }
        return payload;
    }

    private static void put(ObjectNode entry, String name, @Nullable String value) {
        if (value != null) {
            entry.put(name, value);
        }
    }
}
