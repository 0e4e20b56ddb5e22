package bulwark.doctor.waiver;

import java.time.LocalDate;

/**
 * A finding that somebody answers for.
 *
 * @param probe its id
 * @param target the name of the target
 * @param name of who answers
 * @param until the last day, UTC
 */
public record Waiver(String probe, String target, String reason, String name, LocalDate until) {
    String words() {
        return name + " answers for it until " + until + ": " + reason;
    }

    boolean hasEnded(LocalDate today) {
        return until.isBefore(today);
    }
}
