package bulwark.app.stigmem;

import bulwark.app.cli.CommandContext;
import bulwark.facts.node.NodeAtRest;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.storage.StoreInUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Walks everything durable. Exit code 0 when whole, 1 with one line for each problem. */
@Command(
        name = "fsck",
        description = "Check the store, its chains, its access tables and the transparency log. Only reads.")
final class FsckCommand implements Callable<Integer> {
    private final CommandContext context;

    @Mixin
    private final StoreOption store;

    FsckCommand(CommandContext context) {
        this.context = context;
        this.store = new StoreOption(context);
    }

    @Override
    public Integer call() {
        try {
            Fsck.Report report = NodeAtRest.fsck(store.settings(), store.file());
            return show(report.sentences(), report.checked());
        } catch (StoreInUse running) {
            return ofRunningNode();
        }
    }

    private int ofRunningNode() {
        try (LocalAdmin owner = store.owner()) {
            JsonNode answer = owner.post("/local/fsck", Map.of());
            return show(texts(answer.path("problems")), texts(answer.path("checked")));
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.stringValue()));
        return texts;
    }

    private int show(List<String> problems, List<String> checked) {
        problems.forEach(problem -> context.out().println("PROBLEM " + problem));
        checked.forEach(line -> context.out().println("checked " + line));
        context.out().println(problems.isEmpty() ? "clean" : problems.size() + " problem(s) found");
        return problems.isEmpty() ? 0 : 1;
    }
}
