package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.client.WireExchange;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The API of the control plane, on answers and refusals alike. */
final class ControlPlaneHeadersProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-CONTROL-01",
                        Severity.MEDIUM,
                        "Every answer of the control plane bears the five security headers, each once.",
                        "page, \"Security Headers\"; box 7; spec of the gateway, case H6",
                        "Let nothing that stands before the control plane take, add or change headers")
                .requires("V3.4.4", "V3.4.5", "V3.4.6")
                .sends(5, "counts of refused requests");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        WireExchange control = GatewayTarget.of(visit).control();
        List<String> faults = new ArrayList<>();
        for (WireAnswer answer : List.of(
                control.ask("GET", "/health/live"),
                control.ask("GET", "/v1/roles"),
                control.ask("GET", "/bulwark-doctor-no-such-path"),
                control.ask("PATCH", "/v1/roles"),
                control.send("GET /health/live HTTP/1.1\r\nno header line\r\n\r\n"))) {
            faults.addAll(SecurityHeaders.faults(answer));
        }
        return Observed.of(
                faults.isEmpty(),
                "five headers, each once, on 5 answers",
                faults.isEmpty() ? "all there" : String.join("; ", faults));
    }
}
