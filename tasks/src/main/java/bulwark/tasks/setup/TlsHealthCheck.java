package bulwark.tasks.setup;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.ConfiguredPath;
import bulwark.tasks.setup.HealthCheck.Finding;
import bulwark.tasks.setup.HealthCheck.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The files of {@code STEM_TLS_*}: are they there, do they belong together, when do they end. */
final class TlsHealthCheck {
    private static final Duration NOTICE = Duration.ofDays(14);

    private final Configuration configuration;
    private final Path directory;
    private final Clock clock;
    private final List<Finding> findings = new ArrayList<>();

    TlsHealthCheck(Configuration configuration, Path directory, Clock clock) {
        this.configuration = configuration;
        this.directory = directory;
        this.clock = clock;
    }

    List<Finding> findings() {
        boolean files = configuration.isSet("STEM_TLS_CA_CERT")
                || configuration.isSet("STEM_TLS_CLIENT_CERT")
                || configuration.isSet("STEM_TLS_CLIENT_KEY");
        String broker = TaskSettings.brokerUrl(configuration, directory);
        if (files && !broker.startsWith("rediss:")) {
            note(Status.WARNING, "STEM_TLS_* files are set and the broker URL is not rediss:// : nothing is encrypted");
        }
        if (configuration.isSet("STEM_TLS_CLIENT_CERT") != configuration.isSet("STEM_TLS_CLIENT_KEY")) {
            note(Status.ERROR, "STEM_TLS_CLIENT_CERT and STEM_TLS_CLIENT_KEY go together: set both or neither");
        }
        certificates("STEM_TLS_CA_CERT");
        certificates("STEM_TLS_CLIENT_CERT");
        if (configuration.flag("STEM_TLS_ALLOW_INSECURE")) {
            note(Status.WARNING, "STEM_TLS_ALLOW_INSECURE accepts any server certificate: for finding faults only");
        }
        return findings;
    }

    private void note(Status status, String message) {
        findings.add(new Finding("tls", status, message, Map.of()));
    }

    private void certificates(String setting) {
        String name = configuration.text(setting);
        if (name.isEmpty()) {
            return;
        }
        Path file = directory.resolve(name);
        try (InputStream pem = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                if (certificate instanceof X509Certificate known) {
                    end(setting, known);
                }
            }
        } catch (IOException e) {
            note(Status.ERROR, setting + ": " + file + " cannot be read (" + ConfiguredPath.reason(e) + ")");
        } catch (CertificateException e) {
            note(Status.ERROR, setting + ": " + file + " holds no certificate in PEM");
        }
    }

    private void end(String setting, X509Certificate certificate) {
        Instant end = certificate.getNotAfter().toInstant();
        Duration left = Duration.between(clock.instant(), end);
        String who = setting + " (" + certificate.getSubjectX500Principal().getName() + ")";
        if (left.isNegative()) {
            note(Status.ERROR, who + " ended at " + end + ": make new ones, for instance with stem tls generate");
        } else {
            note(
                    left.compareTo(NOTICE) < 0 ? Status.WARNING : Status.OK,
                    who + " is valid until " + end + " (" + left.toDays() + " days)");
        }
    }
}
