package bulwark.seats.send;

import bulwark.seats.plan.PlanKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The table {@code kill-table.txt}: after which step of which kind of plan the sender of a seat is killed. Seats behind its last line begin again with its first. Immutable. */
final class KillTable {
    private static final String FILE = "/kill-table.txt";

    private final List<PlanKind> stages;
    private final List<List<SendStep>> lines;

    private KillTable(List<PlanKind> stages, List<List<SendStep>> lines) {
        this.stages = List.copyOf(stages);
        this.lines = List.copyOf(lines);
    }

    /** A kill. */
    record Pair(PlanKind stage, SendStep step) {
        @Override
        public String toString() {
            return stage.word() + " killed after " + step;
        }
    }

    static KillTable read() {
        List<String> rows;
        try (InputStream in = Objects.requireNonNull(KillTable.class.getResourceAsStream(FILE), FILE)) {
            rows = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<PlanKind> stages =
                words(rows.getFirst()).stream().map(PlanKind::valueOf).toList();
        List<List<SendStep>> lines = new ArrayList<>();
        for (String row : rows.subList(1, rows.size())) {
            lines.add(words(row).stream().map(SendStep::valueOf).toList());
        }
        return new KillTable(stages, lines);
    }

    /** Behind the first. */
    private static List<String> words(String row) {
        List<String> all = Arrays.asList(row.split(" +"));
        return all.subList(1, all.size());
    }

    List<PlanKind> stages() {
        return stages;
    }

    List<List<SendStep>> lines() {
        return lines;
    }

    /** @param seat from 0 */
    Pair of(int seat, PlanKind stage) {
        return new Pair(stage, lines.get(seat % lines.size()).get(stages.indexOf(stage)));
    }

    /** What so many seats go through. */
    Set<Pair> ofSeats(int seats) {
        Set<Pair> pairs = new LinkedHashSet<>();
        for (int seat = 0; seat < seats; seat++) {
            for (PlanKind stage : stages) {
                pairs.add(of(seat, stage));
            }
        }
        return pairs;
    }
}
