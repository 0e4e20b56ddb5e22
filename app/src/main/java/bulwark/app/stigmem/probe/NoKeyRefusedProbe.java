package bulwark.app.stigmem.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.secrets.SecretBytes;
import java.io.IOException;

/** Both are asked: an unknown key must not be more than none. */
final class NoKeyRefusedProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-AUTH-01",
                        Severity.CRITICAL,
                        "A call without a key, or with one that nobody made, is refused.",
                        "tutorial, prerequisites: \"Admin API key\"",
                        "Set STIGMEM_AUTH_REQUIRED=true and restart the node")
                .requires("V8.2.1", "V8.3.1")
                .sends(2, "two counts of failed authentication");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        int without =
                visit.client().get(node.plain(), "/v1/facts?limit=1", null).status();
        int unknown = visit.client()
                .get(
                        node.plain(),
                        "/v1/facts?limit=1",
                        SecretBytes.ofText("doctor-" + visit.clock().millis()))
                .status();
        return Observed.of(
                without == 401 && unknown == 401,
                "401 and 401",
                without + " without a key and " + unknown + " with one that nobody made");
    }
}
