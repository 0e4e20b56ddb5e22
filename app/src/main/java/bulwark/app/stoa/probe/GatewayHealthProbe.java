package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** Alive, and ready for traffic: evidence can be written, and what it needs is there. */
final class GatewayHealthProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-HEALTH-01",
                        Severity.HIGH,
                        "The gateway is alive and ready, and says no more than that.",
                        "page, \"Alerting\"; spec of the gateway, cases H1 and H9",
                        "Ask /ready for the reason, and read the log of the gateway")
                .requires("V13.4.5", "V16.5.2")
                .sends(2, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireAnswer health = gateway.front().ask("GET", "/health");
        WireAnswer ready = gateway.front().ask("GET", "/ready");
        return Observed.of(
                health.status() == 200
                        && health.body().strip().equals("OK")
                        && ready.status() == 200
                        && ready.body().strip().equals("READY"),
                "200 OK and 200 READY",
                GatewayTarget.words(health) + "; " + GatewayTarget.words(ready));
    }
}
