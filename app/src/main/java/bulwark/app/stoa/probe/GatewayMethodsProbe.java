package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** TRACE shows a caller what proxies added; CONNECT makes a tunnel. */
final class GatewayMethodsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-HTTP-04",
                        Severity.MEDIUM,
                        "TRACE and CONNECT are not carried out, and health knows GET and HEAD alone.",
                        "spec of the gateway, cases H6 and P6",
                        "Let nothing before the gateway carry TRACE or CONNECT out itself")
                .requires("V13.4.4", "V4.1.4")
                .sends(3, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireAnswer trace = gateway.front().ask("TRACE", gateway.path(), gateway.viewer(), "X-Bulwark-Doctor: shown");
        int connect = gateway.front().ask("CONNECT", "localhost:22").status();
        int brew = gateway.front().ask("BREW", "/health").status();
        return Observed.of(
                trace.status() >= 400 && !trace.body().contains("shown") && connect >= 400 && brew == 405,
                "a refusal of TRACE and CONNECT, and 405 for an unknown method of /health",
                trace.status() + ", " + connect + ", " + brew);
    }
}
