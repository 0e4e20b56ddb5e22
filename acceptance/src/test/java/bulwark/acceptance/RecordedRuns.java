package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.acceptance.handlers.Recording;
import bulwark.tasks.broker.FencingToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@link Recording} left: the fencing tokens of each task's runs, in the order of the file. */
record RecordedRuns(Map<String, List<FencingToken>> byTask) {
    static RecordedRuns read(Path file) throws IOException {
        Map<String, List<FencingToken>> byTask = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String[] parts = line.split(" ");
                if (parts[parts.length - 1].equals(Recording.WHOLE)) {
                    byTask.computeIfAbsent(parts[0], id -> new ArrayList<>()).add(FencingToken.parse(parts[1]));
                }
            }
        }
        return new RecordedRuns(byTask);
    }

    int total() {
        return byTask.values().stream().mapToInt(List::size).sum();
    }

    long repeated() {
        return byTask.values().stream().filter(runs -> runs.size() > 1).count();
    }

    /** At least once, and the later run holds the greater token. */
    void assertEachRepetitionIsFenced() {
        byTask.forEach((task, runs) -> {
            for (int i = 1; i < runs.size(); i++) {
                assertThat(runs.get(i)).as("runs of " + task + ": " + runs).isGreaterThan(runs.get(i - 1));
            }
        });
    }
}
