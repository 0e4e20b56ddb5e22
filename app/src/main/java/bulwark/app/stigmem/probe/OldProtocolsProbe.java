package bulwark.app.stigmem.probe;

import bulwark.doctor.client.OldProtocolHello;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Three hellos, of TLS 1.0, 1.1 and 1.2: an answer to any of them is a way down. */
final class OldProtocolsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-TLS-03",
                        Severity.HIGH,
                        "The mutual TLS listener speaks TLS 1.3 and nothing older.",
                        "tutorial, step 2; TLS 1.3 between own processes",
                        "Let nothing stand before the port that ends TLS, and start the node through ./bulwark")
                .requires("V12.1.1")
                .sends(3, "three counts of refused handshakes");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        List<String> seen = new ArrayList<>();
        boolean accepted = false;
        for (OldProtocolHello hello : OldProtocolHello.values()) {
            OldProtocolHello.Answer answer = hello.ask(visit.client(), node.tls());
            accepted |= answer.accepted();
            seen.add(hello.words() + ": " + answer.words());
        }
        return Observed.of(!accepted, "an alert to each older hello", String.join("; ", seen));
    }
}
