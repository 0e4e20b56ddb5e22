package bulwark.app.stigmem.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** With the doctor's certificate a request is answered, without one it is not: both are seen, since a listener that is dead refuses everybody. */
final class ClientCertificateProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-TLS-01",
                        Severity.CRITICAL,
                        "The mutual TLS listener lets in who shows a certificate of its authority, and nobody without one.",
                        "tutorial, step 2",
                        "Set STIGMEM_TLS_CA_BUNDLE and let nothing stand before the port that ends TLS")
                .requires("V12.1.3", "V12.3.5")
                .sends(2, "one count of a refused handshake");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        HandshakeAttempt own = HandshakeAttempt.with(visit.client(), node.tls(), node.identity());
        HandshakeAttempt none = HandshakeAttempt.withoutCertificate(visit.client(), node.tls());
        return Observed.of(
                own.answered() && !none.answered(),
                "an answer with the doctor's certificate, and an alert without one",
                "with the doctor's certificate: " + FactTarget.words(own) + "; without one: " + FactTarget.words(none));
    }
}
