package bulwark.app.stigmem.probe;

import bulwark.doctor.client.RawExchange;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** A page in a browser on this machine reaches loopback under any name that its owner lets point there. */
final class ForeignHostProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-HOST-01",
                        Severity.HIGH,
                        "The loopback listener refuses a request that names another host.",
                        "DESIGN: plaintext is for this machine alone",
                        "Take the name out of STIGMEM_ALLOWED_HOSTS")
                .requires("V13.2.4")
                .sends(2, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        String own = status(RawExchange.http(visit.client(), node.plain(), "/healthz", "localhost"));
        String foreign = status(RawExchange.http(visit.client(), node.plain(), "/healthz", "rebound.example"));
        return Observed.of(
                !own.isEmpty() && !own.startsWith("4") && foreign.startsWith("4"),
                "an answer for localhost, and a 4xx for rebound.example",
                "status " + own + " for localhost, status " + foreign + " for rebound.example");
    }

    private static String status(String answer) {
        String[] words = answer.split(" ", 3);
        return words.length > 1 && words[0].startsWith("HTTP/") ? words[1] : "";
    }
}
