package bulwark.app;

import bulwark.facts.node.NodeAtRest;
import bulwark.kernel.evidence.Fsck;
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
    @Mixin
    private final StoreOption store = new StoreOption();

    @Override
    public Integer call() {
        try {
            Fsck.Report report = NodeAtRest.fsck(System.getenv(), store.file());
            return show(report.sentences(), report.checked());
        } catch (StoreInUse running) {
            return ofRunningNode();
        }
    }

    private int ofRunningNode() {
        try (LocalAdmin owner = LocalAdmin.of(store.file())) {
            JsonNode answer = owner.post("/local/fsck", Map.of());
            return show(texts(answer.path("problems")), texts(answer.path("checked")));
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.stringValue()));
        return texts;
    }

    private static int show(List<String> problems, List<String> checked) {
        problems.forEach(problem -> System.out.println("PROBLEM " + problem));
        checked.forEach(line -> System.out.println("checked " + line));
        System.out.println(problems.isEmpty() ? "clean" : problems.size() + " problem(s) found");
        return problems.isEmpty() ? 0 : 1;
    }
}
