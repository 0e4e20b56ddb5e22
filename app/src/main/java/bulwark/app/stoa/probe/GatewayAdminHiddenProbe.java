package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** What callers reach must not lead to what changes the gateway. */
final class GatewayAdminHiddenProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-ADMIN-01",
                        Severity.HIGH,
                        "The admin API does not answer on the public listener.",
                        "page, box 9: \"RBAC roles assigned (no default admin access)\"",
                        "Set STOA_ADMIN_PORT to a port of its own, and let no proxy pass /admin on")
                .requires("V13.4.5", "V8.4.2")
                .sends(2, "two records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireAnswer routes = gateway.front().ask("GET", "/admin/apis");
        WireAnswer health = gateway.front().ask("GET", "/admin/health");
        return Observed.of(
                routes.status() == 404 && health.status() == 404,
                "404 for /admin/apis and /admin/health",
                routes.status() + " and " + health.status());
    }
}
