package bulwark.app.stoa.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.client.ShownIdentity;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** A file that was renewed and never taken up ends a gateway at the last day of the old one. */
final class GatewayServedCertificateProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TLS-05",
                        Severity.MEDIUM,
                        "The gateway's certificate on disk is the one that is served.",
                        "page, \"Secret Rotation Checklist\": \"TLS certificates: Auto\"",
                        "Look for TLS MATERIAL REFUSED in the gateway's log: it keeps the old one and says why")
                .requires("V12.3.4")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        String file = ShownIdentity.fingerprint(ShownIdentity.certificates(gateway.file("certificate"))
                .iterator()
                .next());
        String served = ShownIdentity.fingerprint(HandshakeAttempt.withoutCertificate(visit.client(), gateway.tls())
                .servedLeaf());
        return Observed.of(served.equals(file), "SHA-256 " + file + ", as in the file", "SHA-256 " + served);
    }
}
