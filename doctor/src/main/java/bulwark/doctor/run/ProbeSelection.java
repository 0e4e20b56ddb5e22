package bulwark.doctor.run;

import bulwark.doctor.probe.Probe;
import bulwark.kernel.error.CommandFailed;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which probes run.
 *
 * @param only ids or beginnings of ids; empty for all
 * @param skip ids or beginnings of ids
 * @param parts names; empty for all
 */
public record ProbeSelection(List<String> only, List<String> skip, List<String> parts) {
    public static final ProbeSelection ALL = new ProbeSelection(List.of(), List.of(), List.of());

    public ProbeSelection {
        only = List.copyOf(only);
        skip = List.copyOf(skip);
        parts = List.copyOf(parts);
    }

    /** @throws CommandFailed naming every word that fits no probe */
    public List<Probe> of(List<Probe> all) {
        List<String> unknown = new ArrayList<>();
        for (String word : only) {
            check(word, "--only", all, unknown);
        }
        for (String word : skip) {
            check(word, "--skip", all, unknown);
        }
        Set<String> known = new TreeSet<>();
        all.forEach(probe -> known.add(probe.description().part()));
        parts.stream()
                .filter(part -> !known.contains(part))
                .forEach(part -> unknown.add("--part " + part + " is none of " + String.join(", ", known)));
        if (!unknown.isEmpty()) {
            throw CommandFailed.usage(String.join("; ", unknown));
        }
        return all.stream()
                .filter(probe -> only.isEmpty() || fits(probe, only))
                .filter(probe -> !fits(probe, skip))
                .filter(probe ->
                        parts.isEmpty() || parts.contains(probe.description().part()))
                .toList();
    }

    private static void check(String word, String option, List<Probe> all, List<String> unknown) {
        if (all.stream().noneMatch(probe -> fits(probe, List.of(word)))) {
            unknown.add(option + " " + word + " fits no probe: see bulwark doctor --list");
        }
    }

    private static boolean fits(Probe probe, List<String> words) {
        return words.stream().anyMatch(probe.description().id()::startsWith);
    }
}
