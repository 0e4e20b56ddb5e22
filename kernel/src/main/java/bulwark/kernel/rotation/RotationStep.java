package bulwark.kernel.rotation;

import java.util.List;

/** What came of one step of a rotation. */
public sealed interface RotationStep {
    /** The rotation as it stands now. */
    RotationRecord rotation();

    /** It entered a state, or ended the effect of one. */
    record Moved(RotationRecord rotation) implements RotationStep {}

    /**
     * It stays, because something is not as it must be.
     *
     * @param missing by name, each a phrase; never empty
     */
    record Waiting(RotationRecord rotation, List<String> missing) implements RotationStep {
        public Waiting {
            missing = List.copyOf(missing);
        }
    }

    /** The old key is accepted until the end of its window, and nothing is to be done until then. */
    record InWindow(RotationRecord rotation) implements RotationStep {}

    /** Nothing is left to do. */
    record Finished(RotationRecord rotation) implements RotationStep {}
}
