package bulwark.doctor.probe;

import java.io.IOException;

/**
 * One change that mends a finding.
 *
 * @param words the change as a command would have it, for people to judge before it is made
 */
public record Fix(String words, Step step) {
    /** Makes the change. */
    public interface Step {
        /** @throws IOException when it could not be made; nothing half of it is left then */
        void run() throws IOException;
    }
}
