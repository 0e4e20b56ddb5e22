package bulwark.app.seatmanager.probe;

import bulwark.doctor.host.HostProcess;
import bulwark.doctor.host.ListeningSocket;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.List;

/** The process of the key is reached over its socket alone: any port is one too many. */
final class SignerListenerProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-SIGNER-02",
                        Severity.CRITICAL,
                        "The signer listens on no TCP port.",
                        "runbook, section 1: \"no inbound access\"",
                        "Find out what opened the port (ss -tlnp), and restart the signer")
                .requires("V13.1.1", "V13.3.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        HostProcess signer = SeatTarget.of(visit).process(SeatTarget.SIGNER);
        List<Integer> ports =
                ListeningSocket.of(signer).stream().map(ListeningSocket::port).toList();
        return Observed.of(
                ports.isEmpty(), "no port", ports.isEmpty() ? "none" : signer.words() + " listens on " + ports);
    }
}
