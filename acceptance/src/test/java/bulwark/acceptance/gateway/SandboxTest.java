package bulwark.acceptance.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.signing.Signing;
import bulwark.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a restricted pod runs it: user 65532 without a capability, no new privileges, all read-only but its state folder, nothing to be run from /tmp. */
@Timeout(600)
class SandboxTest {
    @TempDir
    private Path folder;

    @TempDir
    private Path scratch;

    @Test
    void a_confined_gateway_governs_a_call_takes_a_new_certificate_and_drains() throws Exception {
        Sandbox.require();
        ListenerCertificates certificates = new ListenerCertificates(folder.resolve("tls"));
        Path state = folder.resolve("stoa-state");
        OwnerOnlyFiles.createDirectories(state);
        int tlsPort = FreePort.next();
        Map<String, String> settings = new HashMap<>(certificates.settings());
        settings.put("STOA_TLS__PORT", Integer.toString(tlsPort));
        settings.put("STOA_ADMIN_PORT", Integer.toString(FreePort.next()));
        try (HelloBackend backend = new HelloBackend();
                GatewayUnderTest gateway =
                        GatewayUnderTest.in(folder, settings).start(Sandbox.command(folder, state, scratch))) {
            ProcessHandle java = java(gateway.process().pid());
            assertConfined(java.pid(), state);
            gateway.route("own", backend.port(), "");
            String token = AnsweredCalls.token(
                    LocalTokenIssuer.open(state, Signing.fastest(), Clock.systemUTC()), "caller", "acme");
            SSLContext client = certificates.context("");
            try (KeptConnection connection = new KeptConnection(ListenerCertificates.connect(client, tlsPort))) {
                assertThat(connection.get("/apis/own/x", token).body()).isEqualTo(HelloBackend.HELLO);
                assertThat(connection.get("/apis/own/x").status()).isEqualTo(401);
            }

            certificates.replaceCertificate();

            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                try (SSLSocket socket = ListenerCertificates.connect(client, tlsPort)) {
                    assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(certificates.served());
                }
            });
            try (KeptConnection connection = new KeptConnection(ListenerCertificates.connect(client, tlsPort))) {
                CompletableFuture<KeptConnection.Answer> slow =
                        CompletableFuture.supplyAsync(() -> held(connection, token));
                backend.awaitHeld();
                java.destroy();
                await().atMost(Duration.ofMinutes(1)).until(() -> refusesConnections(client, tlsPort));
                backend.release();
                assertThat(slow.get().body()).isEqualTo(HelloBackend.HELLO);
            }
            assertThat(gateway.process().awaitEnd()).isIn(0, 143);
            assertThat(Files.readString(folder.resolve("gateway.log"))).doesNotContain("ERROR", "Exception");
        }
        assertThat(GatewayStore.fsck(state).sentences()).isEmpty();
    }

    private static KeptConnection.Answer held(KeptConnection connection, String token) {
        try {
            return connection.get("/apis/own" + HelloBackend.HELD, token);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean refusesConnections(SSLContext client, int port) {
        try (SSLSocket socket = ListenerCertificates.connect(client, port)) {
            return !socket.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }

    /** What runs the program within the sandbox. */
    private static ProcessHandle java(long wrapper) {
        return ProcessHandle.of(wrapper)
                .orElseThrow()
                .descendants()
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .findFirst()
                .orElseThrow();
    }

    private static void assertConfined(long pid, Path state) throws Exception {
        List<String> status = Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"));
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            assertThat(status).contains(set + ":\t0000000000000000");
        }
        assertThat(status).contains("NoNewPrivs:\t1");
        assertThat(Files.readString(Path.of("/proc", Long.toString(pid), "uid_map"))
                        .strip())
                .startsWith(Sandbox.USER + " ");
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "mountinfo"))) {
            String[] fields = line.split(" ");
            String where = fields[4];
            List<String> flags = List.of(fields[5].split(","));
            if (where.equals("/tmp")) {
                assertThat(flags).contains("noexec", "nosuid", "nodev");
            } else if (!where.equals(state.toString()) && !where.startsWith("/dev")) {
                assertThat(flags).as(line).contains("ro");
            }
        }
    }
}
