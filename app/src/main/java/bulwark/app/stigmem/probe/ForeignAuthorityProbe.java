package bulwark.app.stigmem.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.client.ShownIdentity;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.signing.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;

/** Anybody can make an authority with the right names in it; what counts is which one vouches. */
final class ForeignAuthorityProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-TLS-02",
                        Severity.CRITICAL,
                        "A certificate of a self-made authority is refused.",
                        "tutorial, steps 1 and 2",
                        "Take the foreign authority out of STIGMEM_TLS_CA_BUNDLE; what is trusted there may call as anybody")
                .requires("V12.1.3", "V12.3.4")
                .sends(1, "one count of a refused handshake");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        Path folder = visit.memory().folder().resolve("foreign-authority");
        CertificateAuthority.openOrCreate(folder, "Bulwark local CA", visit.clock())
                .issue("stranger", node.tls().toString(), List.of("localhost"), Duration.ofDays(1));
        HandshakeAttempt attempt = HandshakeAttempt.with(
                visit.client(),
                node.tls(),
                ShownIdentity.read(folder.resolve("stranger.crt"), folder.resolve("stranger.key")));
        X509Certificate served = attempt.servedLeaf(); // a listener without TLS refuses everybody, and proves nothing
        return Observed.of(
                !attempt.answered(),
                "an alert, although the certificate bears the right names",
                FactTarget.words(attempt) + " by "
                        + served.getSubjectX500Principal().getName());
    }
}
