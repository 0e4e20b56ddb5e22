package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** The document's own check: {@code touch} inside of the container. */
final class InsideRootFolderProbe implements Probe {
    private static final String FILE = "/bulwark-doctor";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-INSIDE-02",
                        Severity.HIGH,
                        "Inside of the container the root folder cannot be written.",
                        "tutorial, step 7: \"--read-only\"",
                        "Start the container with --read-only and --tmpfs /tmp, and take the file " + FILE + " away")
                .requires("V13.2.2")
                .sends(0, "an empty file " + FILE + " where it can be written");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        InsideCommand touch = InsideCommand.run(visit, "touch", FILE);
        return Observed.of(
                touch.code() != 0,
                "touch " + FILE + " is refused",
                touch.code() == 0 ? "it was made" : "refused: " + touch.words());
    }
}
