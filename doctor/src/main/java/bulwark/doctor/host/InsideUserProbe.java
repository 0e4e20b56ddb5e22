package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** The document's own check: {@code id} inside of the container. */
final class InsideUserProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-INSIDE-01",
                        Severity.CRITICAL,
                        "Inside of the container the process is a user of its own, and not root.",
                        "tutorial, step 7: \"runs as UID/GID 65532 (non-root)\"",
                        "Start the container with --user 65532:65532")
                .requires("V13.2.2", "V13.3.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        InsideCommand id = InsideCommand.run(visit, "id");
        if (id.code() != 0 || !id.words().startsWith("uid=")) {
            throw new IOException("id inside of the container ended with " + id.code() + ": " + id.words());
        }
        return Observed.of(
                !id.words().startsWith("uid=0(")
                        && !id.words().startsWith("uid=0 ")
                        && !id.words().matches(".* gid=0[( ].*|.* gid=0"),
                "a user and a group other than 0",
                id.words());
    }
}
