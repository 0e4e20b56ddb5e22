package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireExchange;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** On a success, through a route and without, and on every kind of refusal, those included that are written before a request is understood. */
final class GatewayHeadersProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-HEADERS-01",
                        Severity.MEDIUM,
                        "Every answer of the public listener bears the five security headers, each once.",
                        "page, \"Security Headers\": \"adds these headers to every response\"; box 7; NIS2: risk analysis",
                        "Let nothing that stands before the gateway take, add or change these headers, on errors too")
                .requires("V3.4.4", "V3.4.5", "V3.4.6")
                .sends(13, "records of refused calls")
                .within(Duration.ofSeconds(30));
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireExchange front = gateway.front();
        String path = gateway.path();
        String viewer = gateway.viewer();
        Map<Integer, String> requests = new LinkedHashMap<>();
        requests.put(200, front.head("GET", "/health") + END);
        requests.put(400, "GET /health HTTP/1.1\r\nno header line\r\n\r\n");
        requests.put(401, front.head("GET", path) + END);
        requests.put(403, front.head("DELETE", path, viewer) + END);
        requests.put(404, front.head("GET", "/bulwark-doctor-no-such-path") + END);
        requests.put(405, front.head("DELETE", "/health") + END);
        requests.put(413, front.head("POST", path, "Content-Length: 99999999999") + END);
        requests.put(414, front.head("GET", "/" + "a".repeat(LONG)) + END);
        requests.put(431, front.head("GET", "/health", "X-Long: " + "a".repeat(2 * LONG)) + END);
        requests.put(501, front.head("TRACE", path) + END);
        requests.put(505, "GET /health HTTP/3.7\r\nHost: localhost\r\n\r\n");
        List<String> faults = new ArrayList<>(SecurityHeaders.faults(front.ask("GET", path, viewer)));
        for (String request : requests.values()) {
            faults.addAll(SecurityHeaders.faults(front.send(request)));
        }
        return Observed.of(
                faults.isEmpty(),
                "five headers, each once, on " + (requests.size() + 1) + " answers",
                faults.isEmpty() ? "all there, on answers meant for " + requests.keySet() : String.join("; ", faults));
    }

    private static final String END = "\r\n";
    private static final int LONG = 9_000;
}
