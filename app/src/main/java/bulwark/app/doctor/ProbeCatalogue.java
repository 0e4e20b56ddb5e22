package bulwark.app.doctor;

import bulwark.app.up.Part;
import bulwark.app.up.PartList;
import bulwark.doctor.host.HostProbes;
import bulwark.doctor.probe.PartProbes;
import bulwark.doctor.probe.Probe;
import bulwark.kernel.error.CommandFailed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Every probe: those of the machine, and what each part brings. */
public final class ProbeCatalogue {
    private ProbeCatalogue() {}

    /** In the order of their ids. @throws IllegalStateException when two bear one id, or a part's bears another's name */
    public static List<Probe> all() {
        List<Probe> all = new ArrayList<>(HostProbes.all());
        parts().forEach(part -> all.addAll(part.probes()));
        Set<String> ids = new HashSet<>();
        for (Probe probe : all) {
            if (!ids.add(probe.description().id())) {
                throw new IllegalStateException(
                        "two probes are called " + probe.description().id());
            }
        }
        return all.stream()
                .sorted(Comparator.comparing(probe -> probe.description().id()))
                .toList();
    }

    static List<PartProbes> parts() {
        return PartList.all().stream()
                .map(Part::doctor)
                .flatMap(Optional::stream)
                .toList();
    }

    static Set<String> ids() {
        return all().stream().map(probe -> probe.description().id()).collect(Collectors.toUnmodifiableSet());
    }

    /** @throws CommandFailed when there is none */
    static Probe one(String id) {
        return all().stream()
                .filter(probe -> probe.description().id().equals(id))
                .findFirst()
                .orElseThrow(() -> CommandFailed.usage("there is no probe " + id + ": see bulwark doctor --list"));
    }
}
