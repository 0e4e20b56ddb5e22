package bulwark.app;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** Walks everything durable. Exit code 0 when whole, 1 with one line for each problem. */
@Command(name = "fsck", description = "Check the store, its chains and the transparency log. Changes nothing.")
final class FsckCommand implements Callable<Integer> {
    @Mixin
    private final StoreOption store = new StoreOption();

    @Override
    public Integer call() {
        try (Owner owner = Owner.of(store.file())) {
            JsonNode answer = owner.post("/local/fsck", Map.of());
            JsonNode problems = answer.path("problems");
            problems.forEach(problem -> System.out.println("PROBLEM " + problem.stringValue()));
            answer.path("checked").forEach(line -> System.out.println("checked " + line.stringValue()));
            System.out.println(problems.isEmpty() ? "clean" : problems.size() + " problem(s) found");
            return problems.isEmpty() ? 0 : 1;
        }
    }
}
