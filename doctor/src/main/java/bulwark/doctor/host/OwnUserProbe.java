package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;

/** The user that runs the processes owns the state, and is nobody special. */
final class OwnUserProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-USER-01",
                        Severity.HIGH,
                        "The processes run as the owner of the state, and not as root.",
                        "tutorial, step 7: \"runs as UID/GID 65532 (non-root)\"",
                        "Run it as a user of its own, as deploy/systemd does, and chown the state to that user")
                .requires("V13.2.2", "V13.3.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        Set<String> users = new TreeSet<>();
        for (HostProcess process : HostProcess.of(visit)) {
            users.add(process.value("status", "Uid:").orElse("unknown").split("\\s+")[0]);
        }
        String owner = String.valueOf(Files.getAttribute(visit.state(), "unix:uid"));
        String expected = "one user, not 0, who owns the state folder";
        String seen = "processes of user " + String.join(", ", users) + ", state of user " + owner;
        if (!users.equals(Set.of(owner))) {
            return Observed.fail(expected, seen);
        }
        return owner.equals("0")
                ? Observed.warn(
                        expected,
                        seen + ": root passes every file mode. A production deployment has a user of its own for each"
                                + " process (deploy/systemd)")
                : Observed.pass(expected, seen);
    }
}
