package bulwark.app.stigmem.probe;

import bulwark.doctor.client.RawExchange;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** The document's own check, without curl. */
final class PlaintextProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-TLS-04",
                        Severity.CRITICAL,
                        "A plaintext request to the mutual TLS listener gets no HTTP answer.",
                        "tutorial, step 2: \"Expect: connection refused or SSL handshake error\"",
                        "Set STIGMEM_TLS_CERT_PATH and STIGMEM_TLS_KEY_PATH, and restart the node")
                .requires("V12.2.1", "V12.3.1")
                .sends(1, "one count of a refused handshake");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        String answer = RawExchange.http(visit.client(), node.tls(), "/healthz", "localhost");
        boolean http = answer.startsWith("HTTP/");
        return Observed.of(
                !http,
                "no HTTP",
                http
                        ? "an HTTP answer: " + answer.lines().findFirst().orElse("")
                        : answer.isEmpty() ? "the connection was closed" : answer.length() + " bytes that are no HTTP");
    }
}
