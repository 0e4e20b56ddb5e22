package bulwark.app.stoa.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.client.OldProtocolHello;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Hellos of versions that nobody should speak any more, and a handshake of the newest. */
final class GatewayOldProtocolsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TLS-01",
                        Severity.HIGH,
                        "The public listener speaks TLS 1.3, and nothing older than TLS 1.2.",
                        "page, \"Ingress TLS\": \"All external endpoints must use TLS 1.2+\"; box 1; NIS2: encryption",
                        "Let nothing stand before the port that ends TLS with older versions (nginx: ssl_protocols TLSv1.2 TLSv1.3)")
                .requires("V12.1.1")
                .sends(3, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        List<String> seen = new ArrayList<>();
        boolean old = false;
        for (OldProtocolHello hello : List.of(OldProtocolHello.TLS_1_0, OldProtocolHello.TLS_1_1)) {
            OldProtocolHello.Answer answer = hello.ask(visit.client(), gateway.tls());
            old |= answer.accepted();
            seen.add(hello.words() + ": " + answer.words());
        }
        HandshakeAttempt newest = HandshakeAttempt.withoutCertificate(visit.client(), gateway.tls());
        boolean spoken = !newest.chain().isEmpty();
        seen.add("TLS 1.3: " + (spoken ? "a certificate was served" : newest.refusal()));
        return Observed.of(!old && spoken, "an alert to TLS 1.0 and 1.1, and TLS 1.3 spoken", String.join("; ", seen));
    }
}
