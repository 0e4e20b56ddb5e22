package bulwark.app.stigmem.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.client.ShownIdentity;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** A file that was renewed and never taken up ends a node at the old one's last day. */
final class ServedCertificateProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-TLS-07",
                        Severity.MEDIUM,
                        "The certificate on disk is the one that is served.",
                        "tutorial, step 2; runbook of mTLS: reload",
                        "Look for \"TLS MATERIAL REFUSED\" in the node's log: it keeps the old one and says why")
                .requires("V12.3.4")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        String served = ShownIdentity.fingerprint(
                HandshakeAttempt.withoutCertificate(visit.client(), node.tls()).servedLeaf());
        String file =
                ShownIdentity.fingerprint(ShownIdentity.certificates(node.part().path("certificate"))
                        .iterator()
                        .next());
        return Observed.of(served.equals(file), "SHA-256 " + file + ", as in the file", "SHA-256 " + served);
    }
}
