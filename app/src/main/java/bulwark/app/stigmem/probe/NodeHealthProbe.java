package bulwark.app.stigmem.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** Health is red while evidence cannot be written or was changed. */
final class NodeHealthProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-HEALTH-01",
                        Severity.CRITICAL,
                        "The node is healthy: it can write its evidence, and what it wrote is what it finds.",
                        "tutorial, final verification 5: \"Healthcheck passing\"",
                        "Read the node's log, and run bin/stigmem fsck")
                .requires("V16.5.3")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        ProbeAnswer answer = visit.client().get(node.plain(), "/healthz", null);
        String status = answer.json().path("status").asString("-");
        return Observed.of(
                answer.status() == 200 && status.equals("ok"),
                "200 ok",
                answer.status() + " " + status + " "
                        + answer.json().path("message").asString(""));
    }
}
