package bulwark.doctor.host;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Under {@code up} everything is for this machine; what other machines reach is set up on purpose, and waived here with a name and an end. */
final class ListenersOnLoopbackProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "HOST-PORTS-02",
                        Severity.HIGH,
                        "No process listens on an address that other machines reach.",
                        "tutorial, step 2; DESIGN: bind 127.0.0.1 unless mutual TLS is configured",
                        "Bind the listener to 127.0.0.1, or waive this probe for the listener that is meant to be public")
                .requires("V12.3.1", "V13.1.1");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<String> open = new ArrayList<>();
        int loopback = 0;
        for (HostProcess process : HostProcess.of(visit)) {
            for (ListeningSocket socket : ListeningSocket.of(process)) {
                if (socket.loopback()) {
                    loopback++;
                } else {
                    open.add(process.words() + " on port " + socket.port());
                }
            }
        }
        return Observed.of(
                open.isEmpty(),
                "addresses of the loopback interface",
                open.isEmpty()
                        ? loopback + " listeners, all on loopback"
                        : "reachable from other machines: " + FilesClosedProbe.first(open));
    }
}
