package bulwark.app.doctor;

import bulwark.doctor.probe.PartProbes;
import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.Target;
import bulwark.doctor.target.TargetPart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds the parts of a state folder, all at once. A process that stands still, or a run file that lies, costs seconds and becomes a sentence, which the probes of that part then say: never a crash, and
 * never a part that is passed over.
 */
final class PartLocator {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private PartLocator() {}

    static Target locate(String name, Path folder, Enrolment enrolment, List<PartProbes> parts) {
        Map<String, TargetPart> found = new ConcurrentHashMap<>();
        Map<String, String> faults = new ConcurrentHashMap<>();
        List<Thread> threads = parts.stream()
                .map(part -> Thread.ofVirtual().name("locate " + part.name()).start(() -> {
                    try {
                        part.locate(folder, enrolment).ifPresent(located -> found.put(part.name(), located));
                    } catch (Exception e) {
                        faults.put(part.name(), part.name() + " cannot be located: " + sentence(e));
                    }
                }))
                .toList();
        long end = System.nanoTime() + TIMEOUT.toNanos();
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i).name();
            if (!ended(threads.get(i), end)) {
                faults.putIfAbsent(
                        part,
                        part + " cannot be located: its owner's socket gave no answer within " + TIMEOUT.toSeconds()
                                + " s");
            }
        }
        return new Target(name, Optional.of(folder), Map.copyOf(found), List.of(), Map.copyOf(faults));
    }

    private static boolean ended(Thread thread, long end) {
        try {
            if (thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        thread.interrupt();
        return false;
    }

    private static String sentence(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
