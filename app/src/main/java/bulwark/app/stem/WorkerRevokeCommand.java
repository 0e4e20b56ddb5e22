package bulwark.app.stem;

import bulwark.tasks.revocations.Revocation;
import bulwark.tasks.revocations.RevocationStore;
import bulwark.tasks.setup.Tasks;
import bulwark.tasks.time.TimeText;
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

/** Tasks that must not run: kept in the store, then told to the workers that run now. */
@Command(
        name = "revoke",
        mixinStandardHelpOptions = true,
        description = "Revoke tasks; with --terminate also stop running ones.")
final class WorkerRevokeCommand implements Callable<Integer> {
    @Mixin
    private final Ask ask;

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

    WorkerRevokeCommand(Session session) {
        this.ask = new Ask(session);
    }

    @Override
    public Integer call() throws InterruptedException {
        try (Tasks tasks = ask.place.open()) {
            String namespace = ask.namespace(tasks);
            Instant now = tasks.clock().instant();
            Instant end = expiresIn == null ? null : now.plus(Options.duration("--expires-in", expiresIn));
            RevocationStore store = tasks.stores().revocations();
            List<Revocation> stored = new ArrayList<>();
            for (String id : ids) {
                stored.add(store.upsert(
                        new Revocation(namespace, id, version(tasks.clock()), now, terminate, reason, requester, end)));
            }
            store.prune(namespace, now);
            ask.out().println("revoked: " + stored.size() + " -> " + String.join(", ", ids));
            ask.ask(tasks, "revoke", payload(namespace, requester, stored), ask::blocks);
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
                    .put("issuedAt", TimeText.of(each.issuedAt()))
                    .put("terminate", each.terminate());
            put(entry, "reason", each.reason());
            put(entry, "requestedBy", each.requestedBy());
            put(entry, "expiresAt", each.expiresAt() == null ? null : TimeText.of(each.expiresAt()));
        }
        return payload;
    }

    private static void put(ObjectNode entry, String name, @Nullable String value) {
        if (value != null) {
            entry.put(name, value);
        }
    }
}
