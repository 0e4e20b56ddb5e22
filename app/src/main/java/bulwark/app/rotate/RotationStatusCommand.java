package bulwark.app.rotate;

import bulwark.app.cli.CommandContext;
import bulwark.app.cli.Json;
import bulwark.app.cli.TextTable;
import bulwark.kernel.keys.Expiry;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What can be rotated, how old it is, and what is under way. */
@Command(
        name = "status",
        description = "List the kinds of keys with their age, and every rotation that is not finished.")
final class RotationStatusCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final RotationOptions options;

    @Option(names = "--json", description = "Print one JSON object, with the finished rotations too.")
    private boolean json;

    RotationStatusCommand(CommandContext context) {
        this.context = context;
        this.options = new RotationOptions(context);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        RotationFolder folder = options.folder();
        List<RotationRecord> rotations = folder.rotations();
        if (json) {
            context.out().println(Json.pretty(document(folder, rotations)));
            return 0;
        }
        TextTable kinds = new TextTable()
                .column("kind", 20)
                .column("age", 9)
                .column("due", 22)
                .column("window", 8)
                .column("what", 70);
        kinds.header(context.out());
        for (RotationKind kind : folder.kinds()) {
            Optional<Expiry> expiry = options.expiry(kind);
            kinds.row(
                    context.out(),
                    kind.name(),
                    expiry.flatMap(this::age).orElse("-"),
                    expiry.map(this::due).orElse("not there"),
                    days(kind.window()),
                    kind.description());
        }
        rotations.stream().filter(each -> !each.isFinished()).forEach(this::print);
        return 0;
    }

    private void print(RotationRecord rotation) {
        Instant retireAt = rotation.retireAt();
        context.out()
                .println(rotation.id() + "  " + rotation.kind() + "  "
                        + rotation.state().word() + " since "
                        + rotation.since()
                        + (retireAt == null ? "" : ", the old key ends at " + retireAt)
                        + (rotation.effectDone() ? "" : ", interrupted")
                        + "; go on with: ./bulwark rotate resume " + rotation.id());
    }

    private Optional<String> age(Expiry expiry) {
        Instant created = expiry.created();
        return created == null
                ? Optional.empty()
                : Optional.of(days(Duration.between(created, context.clock().instant())));
    }

    private String due(Expiry expiry) {
        return expiry.warning("", context.clock().instant()).isPresent()
                ? "due"
                : "in " + days(Duration.between(context.clock().instant(), expiry.expires()));
    }

    private static String days(Duration time) {
        return time.toDays() > 0 ? time.toDays() + " days" : Math.max(0, time.toHours()) + " h";
    }

    private ObjectNode document(RotationFolder folder, List<RotationRecord> rotations)
            throws IOException, InterruptedException {
        ObjectNode document = Json.object();
        document.put("version", 1);
        ArrayNode kinds = document.putArray("kinds");
        for (RotationKind kind : folder.kinds()) {
            ObjectNode one = kinds.addObject();
            one.put("name", kind.name()).put("description", kind.description());
            one.put("window", kind.window().toString());
            Optional<Expiry> expiry = options.expiry(kind);
            one.put(
                    "created",
                    expiry.map(Expiry::created).map(Instant::toString).orElse(null));
            one.put(
                    "expires",
                    expiry.map(Expiry::expires).map(Instant::toString).orElse(null));
            one.put("due", expiry.isPresent() && due(expiry.get()).equals("due"));
        }
        ArrayNode all = document.putArray("rotations");
        rotations.forEach(rotation -> all.add(describe(rotation)));
        return document;
    }

    private static ObjectNode describe(RotationRecord rotation) {
        ObjectNode one = Json.object();
        one.put("id", rotation.id()).put("kind", rotation.kind());
        one.put("state", rotation.state().word()).put("interrupted", !rotation.effectDone());
        one.put("finished", rotation.isFinished());
        one.put("since", rotation.since().toString());
        @Nullable Instant retireAt = rotation.retireAt();
        one.put("retire_at", retireAt == null ? null : retireAt.toString());
        ObjectNode names = one.putObject("names");
        rotation.names().forEach(names::put);
        return one;
    }
}
