package bulwark.app.stoa.probe;

import bulwark.doctor.client.RawExchange;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** What is sent to the TLS port without TLS. */
final class GatewayPlaintextProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TLS-06",
                        Severity.CRITICAL,
                        "A plaintext request to the TLS port of the gateway gets no HTTP answer.",
                        "page, \"Ingress TLS\": \"ssl-redirect\"; box 1",
                        "Set STOA_TLS__CERT_FILE and STOA_TLS__KEY_FILE, and let no proxy speak plain HTTP on that port")
                .requires("V12.2.1")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        String answer = RawExchange.http(visit.client(), GatewayTarget.of(visit).tls(), "/health", "localhost");
        boolean http = answer.startsWith("HTTP/");
        return Observed.of(
                !http,
                "no HTTP",
                http
                        ? "an HTTP answer: " + answer.lines().findFirst().orElse("")
                        : answer.isEmpty() ? "the connection was closed" : answer.length() + " bytes that are no HTTP");
    }
}
