package bulwark.doctor.probe;

import bulwark.doctor.target.Enrolment;
import bulwark.doctor.target.TargetPart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a part brings to the doctor: its probes, and where it answers. Stateless. */
public interface PartProbes {
    /** Also the first word of the ids of its probes, in capitals there. */
    String name();

    List<Probe> probes();

    /**
     * Finds the part in a state folder by what it wrote when it became ready, and asks the owner's socket for read-only credentials where it has none yet.
     *
     * @return empty when the part is not running
     */
    Optional<TargetPart> locate(Path state, Enrolment enrolment) throws IOException;
}
