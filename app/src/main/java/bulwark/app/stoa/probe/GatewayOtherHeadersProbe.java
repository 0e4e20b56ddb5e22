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

/** The listener that redirects, and the one of the admin API, on their answers and on what they cannot read. */
final class GatewayOtherHeadersProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-HEADERS-02",
                        Severity.MEDIUM,
                        "Every answer of the other listeners bears the five security headers, each once.",
                        "page, \"Security Headers\"; box 7",
                        "Let nothing that stands before these ports take, add or change headers")
                .requires("V3.4.4", "V3.4.5", "V3.4.6")
                .sends(7, "counts of refused requests");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        List<String> faults = new ArrayList<>();
        WireExchange plain = gateway.plain();
        check("plain", plain.ask("GET", "/"), faults);
        check("plain", plain.ask("GET", "/health"), faults);
        check("plain", plain.send(MALFORMED), faults);
        WireExchange admin = gateway.admin();
        check("admin", admin.ask("GET", "/admin/apis"), faults);
        check("admin", admin.ask("GET", "/admin/no-such-path"), faults);
        check("admin", admin.ask("PATCH", "/admin/apis"), faults);
        check("admin", admin.send(MALFORMED), faults);
        return Observed.of(
                faults.isEmpty(),
                "five headers, each once, on 7 answers",
                faults.isEmpty() ? "all there" : String.join("; ", faults));
    }

    private static final String MALFORMED = "GET /health HTTP/1.1\r\nno header line\r\n\r\n";

    private static void check(String listener, WireAnswer answer, List<String> faults) {
        SecurityHeaders.faults(answer).forEach(fault -> faults.add(listener + ": " + fault));
    }
}
