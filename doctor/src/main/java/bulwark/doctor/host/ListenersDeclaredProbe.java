package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A port that nobody declared is a management agent, a debugger or a program that should not be there. */
final class ListenersDeclaredProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-PORTS-01",
                        Severity.CRITICAL,
                        "Each process listens on the TCP ports that it declares, and on no other.",
                        "tutorial, \"What you have now\"",
                        "Find out what opened the port (ss -tlnp), and restart the process")
                .requires("V13.1.1", "V13.4.5");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> undeclared = new ArrayList<>();
        int declared = 0;
        for (HostProcess process : HostProcess.of(visit)) {
            for (ListeningSocket socket : ListeningSocket.of(process)) {
                if (process.process().ports().contains(socket.port())) {
                    declared++;
                } else {
                    undeclared.add(process.words() + " listens on port " + socket.port());
                }
            }
        }
        return Observed.of(
                undeclared.isEmpty(),
                "the ports of the run files",
                undeclared.isEmpty()
                        ? declared + " listeners, all declared"
                        : "not declared: " + FilesClosedProbe.first(undeclared));
    }
}
