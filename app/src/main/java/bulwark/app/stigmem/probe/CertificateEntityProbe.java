package bulwark.app.stigmem.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.tls.UriSan;
import java.io.IOException;

/** The chain that is served, not the file; and the manifest that is served, not the setting. */
final class CertificateEntityProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-TLS-05",
                        Severity.HIGH,
                        "The served certificate names the entity of the manifest in its one URI SAN.",
                        "tutorial, step 1: \"must match the value in your org manifest\"",
                        "Issue the certificate with subjectAltName=URI:ENTITY of the manifest")
                .requires("V12.3.4")
                .sends(2, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        String entity = node.manifest().path("entity_uri").asString("");
        String san = UriSan.of(HandshakeAttempt.withoutCertificate(visit.client(), node.tls())
                        .servedLeaf())
                .orElse("none, or more than one");
        return Observed.of(san.equals(entity), "URI SAN " + entity, "URI SAN " + san);
    }
}
