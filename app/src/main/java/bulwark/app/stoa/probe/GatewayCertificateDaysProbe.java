package bulwark.app.stoa.probe;

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
final class GatewayCertificateDaysProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TLS-04",
                        Severity.HIGH,
                        "The gateway's certificate is valid for 14 days or more.",
                        "page, \"Secret Rotation Checklist\": \"TLS certificates: Auto\"",
                        "Renew the file of STOA_TLS__CERT_FILE; the gateway takes it up within a second. Under up: restart ./bulwark up")
                .requires("V12.3.4", "V13.3.4")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        X509Certificate leaf = HandshakeAttempt.withoutCertificate(
                        visit.client(), GatewayTarget.of(visit).tls())
                .servedLeaf();
        Instant now = visit.clock().instant();
        Instant end = leaf.getNotAfter().toInstant();
        long days = Duration.between(now, end).toDays();
        boolean begun = !leaf.getNotBefore().toInstant().isAfter(now);
        return Observed.of(
                begun && days >= MIN_DAYS,
                "valid now and for " + MIN_DAYS + " days or more",
                begun
                        ? days + " days left, until " + end
                        : "not valid before " + leaf.getNotBefore().toInstant());
    }

    private static final int MIN_DAYS = 14;
}
