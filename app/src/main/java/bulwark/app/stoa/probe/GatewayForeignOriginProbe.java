package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** A page of an origin that nobody named asks, beforehand and at once. */
final class GatewayForeignOriginProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-CORS-01",
                        Severity.HIGH,
                        "A page of a foreign origin may read nothing.",
                        "page, \"Security Headers\"; spec of the gateway, case M29",
                        "Take the origin, or the asterisk, out of STOA_CORS__ALLOWED_ORIGINS and out of policies of the type cors")
                .requires("V3.4.2", "V3.5.1")
                .sends(2, "a record of a refused call");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireAnswer call = gateway.front().ask("GET", gateway.path(), ORIGIN, gateway.viewer());
        WireAnswer preflight =
                gateway.front().ask("OPTIONS", gateway.path(), ORIGIN, "Access-Control-Request-Method: POST");
        String allowed = call.value(ALLOW) + preflight.value(ALLOW);
        return Observed.of(
                allowed.isEmpty(),
                "no " + ALLOW + " on a call and on its preflight",
                allowed.isEmpty()
                        ? "none, on " + call.status() + " and " + preflight.status()
                        : ALLOW + " " + allowed + ", on " + call.status() + " and " + preflight.status());
    }

    private static final String ORIGIN = "Origin: https://elsewhere.example";
    private static final String ALLOW = "Access-Control-Allow-Origin";
}
