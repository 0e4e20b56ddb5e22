package bulwark.app.stoa.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/** What a caller that trusts the authority sees: a certificate of another name, or of somebody else, ends its handshake. */
final class GatewayCertificateNameProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TLS-03",
                        Severity.CRITICAL,
                        "The served certificate is of the address, and of the authority that callers trust.",
                        "page, \"Ingress TLS\"; box 1; NIS2: encryption",
                        "Give STOA_TLS__CERT_FILE a certificate that names the host which callers use, and its whole chain")
                .requires("V12.3.2")
                .sends(2, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        X509Certificate leaf = HandshakeAttempt.withoutCertificate(visit.client(), gateway.tls())
                .servedLeaf();
        String served = "a certificate of " + leaf.getSubjectX500Principal().getName() + ", issued by "
                + leaf.getIssuerX500Principal().getName();
        String expected = "a certificate for " + gateway.tls().getHost() + " of "
                + (gateway.authority() == null ? "a public authority" : "the authority in " + gateway.authority());
        try {
            int status = gateway.front().ask("GET", "/health").status();
            return Observed.pass(expected, served + "; the request was answered " + status);
        } catch (SSLException refused) {
            return Observed.fail(expected, served + ", with which the handshake ends: " + refused.getMessage());
        }
    }
}
