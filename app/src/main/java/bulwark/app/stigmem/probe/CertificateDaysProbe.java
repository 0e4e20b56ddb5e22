package bulwark.app.stigmem.probe;

import bulwark.doctor.client.HandshakeAttempt;
import bulwark.doctor.probe.Fix;
import bulwark.doctor.probe.FixableProbe;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.tls.UriSan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Of the certificate that callers see today. */
final class CertificateDaysProbe implements FixableProbe {
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

    /** Of a node under {@code up}, which has its authority beside it: whoever has another one issues there. */
    @Override
    public List<Fix> fixes(Visit visit) throws IOException, GeneralSecurityException {
        FactTarget node = FactTarget.of(visit);
        Optional<Path> authority =
                node.part().find("authority_key").map(Path::of).filter(Files::isReadable);
        Path certificate = node.part().path("certificate");
        X509Certificate served =
                HandshakeAttempt.withoutCertificate(visit.client(), node.tls()).servedLeaf();
        Optional<String> entity = UriSan.of(served);
        Path folder = certificate.getParent();
        if (authority.isEmpty() || entity.isEmpty() || folder == null || !isOnDisk(served, certificate)) {
            return List.of();
        }
        return List.of(new Fix(
                "a new certificate for " + entity.get() + " in " + certificate
                        + ", for 90 days, by the authority beside it",
                () -> {
                    CertificateAuthority.openOrCreate(folder, "Bulwark local CA", visit.clock())
                            .issue("node", entity.get(), List.of("localhost"), VALIDITY);
                    awaitServed(visit, node, served);
                }));
    }

    private static boolean isOnDisk(X509Certificate served, Path file) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .equals(served);
        }
    }

    /** The node takes it within a second. */
    private static void awaitServed(Visit visit, FactTarget node, X509Certificate old) throws IOException {
        for (int i = 0; i < MAX_LOOKS; i++) {
            if (!HandshakeAttempt.withoutCertificate(visit.client(), node.tls())
                    .servedLeaf()
                    .equals(old)) {
                return;
            }
            try {
                Thread.sleep(LOOK_INTERVAL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("nobody waited until the node served the new certificate", e);
            }
        }
        throw new IOException("the new certificate is on disk, and the node still serves the old one: restart it");
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
    private static final Duration VALIDITY = Duration.ofDays(90);
    private static final int MAX_LOOKS = 40;
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(250);
}
