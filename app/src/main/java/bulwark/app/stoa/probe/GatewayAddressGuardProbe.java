package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** A route is offered that is refused in any case, since it names a file that is not there: so nothing is ever left behind. What counts is the reason, and that a listener of the doctor's own hears nothing. */
final class GatewayAddressGuardProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-SSRF-01",
                        Severity.CRITICAL,
                        "A backend in a private range is refused when it is registered, and nothing connects to it.",
                        "page, \"SSRF Protection\": the seven ranges; box 6; NIS2: risk analysis",
                        "Take the range out of STOA_SSRF__ALLOWED_CIDRS, and allow single names with STOA_SSRF__ALLOWED_HOSTS")
                .requires("V1.3.6", "V13.2.5")
                .sends(8, "audit rows of refused changes");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        try (ServerSocket canary = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            canary.setSoTimeout(CANARY_MILLIS);
            List<String> faults = new ArrayList<>();
            for (String host : RANGES) {
                faults.addAll(OfferedBackend.faults(gateway, "https://" + host + ":" + canary.getLocalPort()));
            }
            if (OfferedBackend.isConnected(canary)) {
                faults.add("somebody connected to the doctor's own listener");
            }
            return Observed.of(
                    faults.isEmpty(),
                    "a refusal with the range for one address of each of " + RANGES.size() + ", and no connection",
                    faults.isEmpty() ? "refused, each for its range; nothing connected" : String.join("; ", faults));
        }
    }

    private static final int CANARY_MILLIS = 50;
    private static final List<String> RANGES = List.of(
            "127.0.0.1", "[::1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "[fd00::1]", "0.0.0.0");
}
