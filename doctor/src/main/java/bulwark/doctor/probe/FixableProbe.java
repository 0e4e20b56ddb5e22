package bulwark.doctor.probe;

import java.util.List;

/** A probe that knows the few changes which mend what it finds, and which nobody can regret: they take rights away, or make something anew that had ended. */
public interface FixableProbe extends Probe {
    /**
     * Looks again, and says what would mend it. Changes nothing.
     *
     * @return empty where it finds nothing, or where only a restart or a person can mend it
     * @throws Exception when it could not look
     */
    List<Fix> fixes(Visit visit) throws Exception;
}
