package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Through its attach door every process of the same user loads code into a JVM, or opens its management port to all interfaces. */
final class AttachClosedProbe implements Probe {
    private static final String CLOSED = "-XX:+DisableAttachMechanism";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-ATTACH-01",
                        Severity.CRITICAL,
                        "No process can be attached to.",
                        "tutorial, \"What you have now\"",
                        "Start the process through ./bulwark, which sets " + CLOSED)
                .requires("V13.4.2");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> open = new ArrayList<>();
        List<HostProcess> all = HostProcess.of(visit);
        for (HostProcess process : all) {
            if (process.commandLine().stream().noneMatch(CLOSED::equals)) {
                open.add(process.words() + " was started without " + CLOSED);
            }
            if (Files.exists(process.folder()
                    .resolve("root/tmp")
                    .resolve(".java_pid" + process.process().pid()))) {
                open.add(process.words() + " has an attach socket in /tmp");
            }
        }
        return Observed.of(
                open.isEmpty(),
                CLOSED + " on the command line that the kernel shows, and no attach socket",
                open.isEmpty() ? all.size() + " processes, each closed" : FilesClosedProbe.first(open));
    }
}
