package bulwark.app.stoa;

import bulwark.app.rotate.CertificateRotation;
import bulwark.app.rotate.CertificateRotation.Leaf;
import bulwark.app.rotate.CertificateRotation.Listener;
import bulwark.app.up.LocalScrape;
import bulwark.doctor.client.ShownIdentity;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.process.PidFile;
import bulwark.kernel.rotation.RotationKind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kinds of keys of a gateway under {@code up}, and what it shows to the part that it stands before. */
record GatewayRotations(Path folder, Clock clock) {
    private static final String WHAT = "the gateway";

    List<RotationKind> all() {
        return List.of(new CertificateRotation(
                "gateway-certificate",
                new Leaf(GatewayProvisioning.tls(folder), GatewayProvisioning.NAME, GatewayProvisioning.subject()),
                new Listener(WHAT, () -> port("STOA_TLS__PORT").map(port -> URI.create("https://localhost:" + port))),
                clock));
    }

    /** By its metrics, which name the certificate that it shows to upstreams. */
    List<String> notShowing(Path certificate) throws IOException, InterruptedException {
        if (!Files.exists(folder.resolve("config.yaml"))
                || !settings().text("STOA_UPSTREAM__CLIENT_CERT_FILE").equals(certificate.toString())) {
            return List.of();
        }
        Optional<Integer> port = port("STOA_TLS__PORT");
        if (port.isEmpty()) {
            return List.of(WHAT + ": it is not running");
        }
        String fingerprint = ShownIdentity.fingerprint(
                ShownIdentity.certificates(certificate).iterator().next());
        String wanted = "stoa_cert_in_use{cert=\"upstream_client\",fingerprint=\"" + fingerprint + "\"} 1";
        try {
            return LocalScrape.of(
                                    "https://localhost:" + port.get() + "/metrics",
                                    GatewayProvisioning.tls(folder).resolve("ca.crt"))
                            .lines()
                            .anyMatch(line -> line.startsWith(wanted))
                    ? List.of()
                    : List.of(WHAT + ": it does not show the certificate of " + certificate + " yet");
        } catch (ConnectException e) {
            return List.of(WHAT + ": it does not answer on port " + port.get());
        }
    }

    private Configuration settings() {
        return Configuration.readLenient(GatewaySettings.schema(), Map.of(), folder);
    }

    private Optional<Integer> port(String setting) throws IOException {
        Path pidFile = folder.resolve(GatewayProvisioning.STATE).resolve(GatewayCommand.PID_FILE);
        return PidFile.inspect(pidFile) instanceof PidFile.State.Running
                ? Optional.of(settings().port(setting))
                : Optional.empty();
    }
}
