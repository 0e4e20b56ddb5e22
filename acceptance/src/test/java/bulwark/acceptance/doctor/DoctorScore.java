package bulwark.acceptance.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** How many of the planted faults were named, and what was named besides. Used by one thread. */
final class DoctorScore {
    private final Set<String> missed = new TreeSet<>();
    private final Set<String> alarms = new TreeSet<>();
    private final List<Long> millis = new ArrayList<>();
    private int planted;

    void add(Set<String> expected, Set<String> found, Set<String> declared, long tookMs) {
        planted += expected.size();
        millis.add(tookMs);
        expected.stream().filter(id -> !found.contains(id)).forEach(missed::add);
        found.stream()
                .filter(id -> !expected.contains(id) && !declared.contains(id))
                .forEach(alarms::add);
    }

    void write(Path file) throws IOException {
        List<Long> sorted = millis.stream().sorted().toList();
        long median = sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
        Files.createDirectories(file.getParent());
        Files.writeString(
                file,
                "found " + (planted - missed.size()) + " of " + planted + " planted faults; false alarms "
                        + (alarms.isEmpty() ? "none" : String.join(", ", alarms))
                        + (missed.isEmpty() ? "" : "; missed " + String.join(", ", missed)) + "; a visit took " + median
                        + " ms in the median, " + (sorted.isEmpty() ? 0 : sorted.getLast()) + " ms at most\n");
    }
}
