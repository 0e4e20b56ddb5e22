package bulwark.acceptance.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.GatewaySettings;
import bulwark.kernel.config.Configuration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client whose certificate, or whose authority, is no longer good is gone at its next request, on a connection that it has open, and does not come back. */
class RemovedClientTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private ListenerCertificates certificates;

    @BeforeEach
    void make_certificates() throws IOException {
        certificates = new ListenerCertificates(folder.resolve("tls"));
    }

    private Gateway gateway() {
        Map<String, String> settings = new HashMap<>(certificates.settings());
        settings.put("STOA_PORT", "0");
        settings.put("STOA_TLS__CLIENT_AUTH", "need");
        return Gateway.start(
                () -> Configuration.read(GatewaySettings.schema(), settings, folder), folder, Clock.systemUTC());
    }

    @DisplayName("C12: a client whose certificate was revoked is gone and others stay")
    @Test
    void a_client_whose_certificate_was_revoked_is_gone_and_others_stay() throws Exception {
        try (Gateway gateway = gateway();
                KeptConnection removed = to(gateway, "former-client");
                KeptConnection other = to(gateway, "client")) {
            assertThat(removed.get("/health").status()).isEqualTo(200);
            assertThat(other.get("/health").status()).isEqualTo(200);

            certificates.revoke("former-client");

            awaitGone(removed);
            assertThat(answers(gateway, "former-client")).isFalse();
            assertThat(other.get("/health").status()).isEqualTo(200);
            assertThat(answers(gateway, "client")).isTrue();
        }
    }

    @Test
    void clients_of_an_authority_that_was_removed_are_gone() throws Exception {
        try (Gateway gateway = gateway();
                KeptConnection removed = to(gateway, "client")) {
            assertThat(removed.get("/health").status()).isEqualTo(200);

            certificates.replaceClientAuthority();

            awaitGone(removed);
            assertThat(answers(gateway, "client")).isFalse();
        }
    }

    private KeptConnection to(Gateway gateway, String client) throws Exception {
        SSLContext context = certificates.context(client);
        return new KeptConnection(ListenerCertificates.connect(context, gateway.tlsPort()));
    }

    /** The files are looked at each second. */
    private static void awaitGone(KeptConnection connection) {
        await().atMost(SOON).pollInterval(Duration.ofMillis(200)).until(() -> {
            try {
                return connection.get("/health").status() == 403;
            } catch (IOException closed) {
                return true;
            }
        });
    }

    private boolean answers(Gateway gateway, String client) throws Exception {
        try (KeptConnection connection = to(gateway, client)) {
            return connection.get("/health").status() == 200;
        } catch (IOException refused) {
            return false;
        }
    }
}
