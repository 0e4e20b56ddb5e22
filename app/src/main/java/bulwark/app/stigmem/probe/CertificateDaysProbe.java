package bulwark.app.stigmem.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/** Of the certificate that callers see today. */
final class CertificateDaysProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException {
        FactTarget node = FactTarget.of(visit);
        X509Certificate leaf =
                HandshakeAttempt.withoutCertificate(visit.client(), node.tls()).servedLeaf();
        Instant end = leaf.getNotAfter().toInstant();
        long days = Duration.between(visit.clock().instant(), end).toDays();
        boolean begun = !leaf.getNotBefore().toInstant().isAfter(visit.clock().instant());
        return Observed.of(
                begun && days >= MIN_DAYS,
                "valid now and for " + MIN_DAYS + " days or more",
                begun
                        ? days + " days left, until " + end
                        : "not valid before " + leaf.getNotBefore().toInstant());
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-TLS-06",
                        Severity.HIGH,
                        "The served certificate is valid for 14 days or more.",
                        "tutorial, step 1: \"-days 90\"",
                        "Issue a new one beside it; the node takes it within a second, without a restart")
                .requires("V12.3.4", "V13.3.4")
                .sends(1, "nothing");
    }

    private static final int MIN_DAYS = 14;
}
