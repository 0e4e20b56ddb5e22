package bulwark.gateway.feed;

import static bulwark.gateway.feed.LinkFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.gateway.Gateway;
import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import bulwark.kernel.tls.ClientTls;
import bulwark.kernel.tls.TlsPolicy;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of consumers at the listener of a gateway, on the wire: those of the tenant's authority, and those that consumers bring along. */
class ConsumerCertificateTest {
    @TempDir
    private Path folder;

    private LinkFixture link;
    private Gateway gateway;

    @BeforeEach
    void start() throws Exception {
        link = new LinkFixture(folder);
        CertificateAuthority own = authority("own");
        own.issue("server", new CertificateSubject("server", null, List.of("localhost"), true, false), lifetime());
        authority("foreign").issue("shop", new CertificateSubject("shop", null, List.of(), false, true), lifetime());
        Map<String, String> tls = new HashMap<>(Map.of(
                "STOA_TLS__PORT", "0",
                "STOA_TLS__CLIENT_AUTH", "want",
                "STOA_TLS__CERT_FILE", file("own", "server.crt"),
                "STOA_TLS__KEY_FILE", file("own", "server.key"),
                "STOA_GATEWAY_EXTERNAL_URL", "https://localhost"));
        gateway = link.gateway("edge", tls);
        for (String tenant : List.of("acme", "other")) {
            link.control.admin(tenant, "POST", "/v1/tenants/" + tenant + "/ca").is(201);
        }
    }

    @AfterEach
    void stop() {
        link.close();
    }

    private CertificateAuthority authority(String name) {
        return link.authority(folder.resolve(name), CertificateKey.P256);
    }

    private Duration lifetime() {
        return link.lifetime();
    }

    private String file(String authority, String name) {
        return folder.resolve(authority).resolve(name).toString();
    }

    /** Signed by the tenant's authority; its files are {@code NAME.crt} and {@code NAME.key}. */
    private Answer signed(String tenant, String consumer, String name) throws Exception {
        Shell.Outcome made = Shell.bash(
                folder,
                Map.of(),
                Duration.ofSeconds(60),
                "openssl req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=x -keyout " + name
                        + ".key -out " + name + ".csr 2>/dev/null");
        assertThat(made.exitCode()).as("%s", made).isZero();
        Map<String, Object> body =
                Map.of("consumer_id", consumer, "csr", Files.readString(folder.resolve(name + ".csr")));
        Answer signed = link.control
                .admin(tenant, "POST", "/v1/tenants/" + tenant + "/ca/sign", body)
                .is(201);
        Files.writeString(folder.resolve(name + ".crt"), signed.text("certificate"));
        return signed;
    }

    /** @param name of the files; null for a client without a certificate */
    private HttpClient client(@Nullable Path certificate, @Nullable Path key) {
        ClientTls.Files files = ClientTls.Files.unnamed(certificate, key, Path.of(file("own", "ca.crt")));
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(
                        ClientTls.load(files, ClientTls.Servers.TRUSTED, TlsPolicy.publicServer(), link.control.clock)
                                .context())
                .build();
    }

    private HttpClient showing(String name) {
        return client(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    }

    private HttpResponse<String> get(HttpClient client, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + gateway.tlsPort() + path))
                .timeout(Duration.ofMinutes(1))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    private int status(HttpClient client, String path) throws Exception {
        return get(client, path).statusCode();
    }

    @Test
    void a_consumer_is_known_by_its_certificate_alone_until_it_is_revoked_also_on_an_open_connection()
            throws Exception {
        Answer certificate = signed("acme", link.consumer, "shop");
        link.control.api("acme", "more", link.backendUrl());
        try (HttpClient shop = showing("shop");
                HttpClient nobody = client(null, null)) {
            eventually(204, () -> statusOrRefused(shop, LinkFixture.ORDERS));
            assertThat(status(nobody, LinkFixture.ORDERS)).isEqualTo(401);
            assertThat(status(shop, "/apis/acme/more/1")).as("not subscribed").isEqualTo(404);
            link.control
                    .admin("acme", "POST", "/v1/tenants/acme/ca/certificates/" + certificate.text("id") + "/revoke")
                    .is(200);
            eventually(401, () -> statusOrRefused(shop, LinkFixture.ORDERS));
            assertThat(link.callWith(gateway, link.key)).as("over plain HTTP").isEqualTo(308);
        }
    }

    @Test
    void a_consumer_that_is_suspended_or_whose_subscription_ends_is_not_let_in_by_its_certificate() throws Exception {
        signed("acme", link.consumer, "shop");
        String one = "/v1/consumers/acme/" + link.consumer;
        try (HttpClient shop = showing("shop")) {
            eventually(204, () -> statusOrRefused(shop, LinkFixture.ORDERS));
            link.control.admin("acme", "POST", one + "/suspend").is(200);
            eventually(401, () -> statusOrRefused(shop, LinkFixture.ORDERS));
            link.control.admin("acme", "POST", one + "/activate").is(200);
            eventually(204, () -> statusOrRefused(shop, LinkFixture.ORDERS));
            link.control
                    .admin("acme", "POST", "/v1/subscriptions/" + link.subscription + "/revoke")
                    .is(200);
            eventually(401, () -> statusOrRefused(shop, LinkFixture.ORDERS));
        }
    }

    /** A connection whose authority is not trusted, or no more, ends; 401 stands for that too. */
    private int statusOrRefused(HttpClient client, String path) throws Exception {
        try {
            return status(client, path);
        } catch (IOException e) {
            return 401;
        }
    }

    @Test
    void the_authority_of_a_tenant_vouches_for_no_other_tenant() throws Exception {
        signed("acme", link.consumer, "shop");
        String there = link.control.api("other", "secret", link.backendUrl());
        String consumer = link.control.consumer("other", "their-shop");
        String plan = link.control.plan("other", "free", Map.of("requires_approval", false));
        link.control.subscribe("other", there, plan, consumer).is(201);
        signed("other", consumer, "theirs");
        try (HttpClient shop = showing("shop");
                HttpClient theirs = showing("theirs");
                HttpClient foreign =
                        client(Path.of(file("foreign", "shop.crt")), Path.of(file("foreign", "shop.key")))) {
            eventually(204, () -> statusOrRefused(theirs, "/apis/other/secret/1"));
            assertThat(status(theirs, LinkFixture.ORDERS)).isEqualTo(404);
            assertThat(status(shop, LinkFixture.ORDERS)).isEqualTo(204);
            assertThat(status(shop, "/apis/other/secret/1")).isEqualTo(404);
            assertThatThrownBy(() -> get(foreign, LinkFixture.ORDERS))
                    .as("an authority of nobody")
                    .isInstanceOf(IOException.class);
        }
    }

    /** @param name of the files of the foreign authority */
    private Answer uploaded(String tenant, String consumer, String name, Map<String, Object> more) throws Exception {
        Map<String, Object> body = new HashMap<>(more);
        body.put("certificate", Files.readString(Path.of(file("foreign", name + ".crt"))));
        return link.control.admin(tenant, "POST", "/v1/consumers/" + tenant + "/" + consumer + "/certificate", body);
    }

    private HttpClient foreign(String name) {
        return client(Path.of(file("foreign", name + ".crt")), Path.of(file("foreign", name + ".key")));
    }

    private void foreignCertificate(String name) {
        authority("foreign").issue(name, new CertificateSubject(name, null, List.of(), false, true), lifetime());
    }

    @Test
    void
            a_certificate_that_a_consumer_brings_along_opens_what_its_subscriptions_open_and_no_other_of_that_authority_does()
                    throws Exception {
        foreignCertificate("other-shop");
        uploaded("acme", link.consumer, "shop", Map.of()).is(201);
        link.control.api("acme", "more", link.backendUrl());
        try (HttpClient shop = foreign("shop");
                HttpClient sibling = foreign("other-shop")) {
            eventually(204, () -> statusOrRefused(shop, LinkFixture.ORDERS));
            assertThat(status(shop, "/apis/acme/more/1")).as("not subscribed").isEqualTo(404);
            assertThatThrownBy(() -> get(sibling, LinkFixture.ORDERS))
                    .as("of the same authority")
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void another_certificate_takes_the_place_of_the_one_before_at_once_or_after_a_grace() throws Exception {
        foreignCertificate("second");
        foreignCertificate("third");
        uploaded("acme", link.consumer, "shop", Map.of()).is(201);
        try (HttpClient first = foreign("shop");
                HttpClient second = foreign("second");
                HttpClient third = foreign("third")) {
            eventually(204, () -> statusOrRefused(first, LinkFixture.ORDERS));
            uploaded("acme", link.consumer, "second", Map.of("grace_period_hours", 1))
                    .is(201);
            eventually(204, () -> statusOrRefused(second, LinkFixture.ORDERS));
            assertThat(status(first, LinkFixture.ORDERS)).as("within the grace").isEqualTo(204);
            link.control.clock.advance(Duration.ofMinutes(61));
            eventually(401, () -> statusOrRefused(first, LinkFixture.ORDERS));
            assertThat(status(second, LinkFixture.ORDERS)).isEqualTo(204);
            uploaded("acme", link.consumer, "third", Map.of()).is(201);
            eventually(401, () -> statusOrRefused(second, LinkFixture.ORDERS));
            eventually(204, () -> statusOrRefused(third, LinkFixture.ORDERS));
        }
    }

    @Test
    void a_tenant_that_names_the_certificate_of_another_tenants_consumer_takes_nothing_from_it() throws Exception {
        uploaded("acme", link.consumer, "shop", Map.of()).is(201);
        String there = link.control.api("other", "secret", link.backendUrl());
        String consumer = link.control.consumer("other", "their-shop");
        String plan = link.control.plan("other", "free", Map.of("requires_approval", false));
        link.control.subscribe("other", there, plan, consumer).is(201);
        try (HttpClient shop = foreign("shop")) {
            eventually(204, () -> statusOrRefused(shop, LinkFixture.ORDERS));
            assertThat(status(shop, "/apis/other/secret/1")).isEqualTo(404);
            uploaded("other", consumer, "shop", Map.of()).is(201);
            eventually(204, () -> status(shop, "/apis/other/secret/1"));
            assertThat(status(shop, LinkFixture.ORDERS)).isEqualTo(204);
            link.control
                    .admin("other", "POST", "/v1/consumers/other/" + consumer + "/certificate/revoke")
                    .is(200);
            eventually(404, () -> status(shop, "/apis/other/secret/1"));
            assertThat(status(shop, LinkFixture.ORDERS)).isEqualTo(204);
        }
    }

    /** The median, so that one pause of a busy machine proves nothing; what a revocation takes is some tens of milliseconds. */
    @Test
    void a_certificate_that_is_revoked_opens_nothing_within_a_second() throws Exception {
        List<Duration> taken = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            String signedName = "signed-" + round;
            Answer own = signed("acme", link.consumer, signedName);
            taken.add(untilRefused(
                    showing(signedName), "/v1/tenants/acme/ca/certificates/" + own.text("id") + "/revoke"));
            String name = "brought-" + round;
            foreignCertificate(name);
            uploaded("acme", link.consumer, name, Map.of()).is(201);
            taken.add(untilRefused(foreign(name), "/v1/consumers/acme/" + link.consumer + "/certificate/revoke"));
        }
        assertThat(taken.stream().sorted().toList().get(taken.size() / 2))
                .as("%s", taken)
                .isLessThan(Duration.ofSeconds(1));
    }

    /** On a connection that is open. */
    private Duration untilRefused(HttpClient client, String revocation) throws Exception {
        try (client) {
            eventually(204, () -> statusOrRefused(client, LinkFixture.ORDERS));
            link.control.admin("acme", "POST", revocation).is(200);
            long revoked = System.nanoTime();
            eventually(401, () -> statusOrRefused(client, LinkFixture.ORDERS));
            return Duration.ofNanos(System.nanoTime() - revoked);
        }
    }
}
