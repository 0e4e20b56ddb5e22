package bulwark.app.up;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * Every part of this program, in the order in which they start: the lines of {@code META-INF/services/bulwark.app.up.Part}. A new part is one line there; its commands, its
 * children, its jobs, its start-up training and its scripts follow from the part itself.
 */
public final class PartList {
    private static final List<Part> ALL = ServiceLoader.load(Part.class, Part.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private PartList() {}

    public static List<Part> all() {
        return ALL;
    }

    /** The jobs of all parts, and the platform's own. */
    public static List<PlatformJob> jobs() {
        List<PlatformJob> jobs = new ArrayList<>();
        ALL.forEach(part -> jobs.addAll(part.jobs()));
        jobs.add(KeyAgesJob.of(ALL));
        return jobs;
    }
}
