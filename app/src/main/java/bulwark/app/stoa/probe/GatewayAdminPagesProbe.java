package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** A page in a browser on this machine reaches loopback, under any name that its owner lets point there. */
final class GatewayAdminPagesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-ADMIN-03",
                        Severity.HIGH,
                        "The admin API refuses what a page in a browser could send.",
                        "DESIGN: plaintext is for this machine alone; box 9",
                        "Call the admin API by localhost or 127.0.0.1, and let no proxy rewrite Host or Origin before it")
                .requires("V13.2.4", "V3.5.2")
                .sends(3, "counts of refused requests");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        int own = gateway.admin().ask("GET", "/admin/apis").status();
        int host = gateway.admin()
                .ask("GET", "/admin/apis", "Host: rebound.example")
                .status();
        int origin = gateway.admin()
                .ask("POST", "/admin/apis", "Origin: https://elsewhere.example", "Content-Length: 0")
                .status();
        return Observed.of(
                own == 401 && host == 421 && (origin == 403 || origin == 401),
                "421 for another Host, 403 for another Origin, 401 for want of a token",
                host + " for another Host, " + origin + " for another Origin, " + own + " for want of a token");
    }
}
