package bulwark.app.stigmem.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** Word for word, since operators' scripts compare it. */
final class AuditKeyProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        ProbeAnswer answer = FactTarget.of(visit).read("/v1/admin/audit?limit=1");
        String detail = answer.json().path("detail").asString("");
        return Observed.of(
                answer.status() == 403 && detail.equals(SENTENCE),
                "403 \"" + SENTENCE + "\"",
                answer.status() + " \"" + detail + "\"");
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-AUDIT-02",
                        Severity.HIGH,
                        "A key without audit.read gets the document's sentence and no row.",
                        "tutorial, step 6: \"audit.read capability required\"",
                        "Let nothing rewrite the node's answers, and look which permissions the key has")
                .requires("V8.2.1", "V16.4.2")
                .sends(1, "one audit row of a refusal");
    }

    private static final String SENTENCE = "audit.read capability required";
}
