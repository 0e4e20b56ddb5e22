package bulwark.gateway.feed;

import static bulwark.gateway.feed.LinkFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.CertificateDemandingBackend;
import bulwark.gateway.Gateway;
import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.control.state.ControlObject;
import bulwark.gateway.control.state.ObjectKind;
import bulwark.kernel.signing.CertificateAuthority;
import bulwark.kernel.signing.CertificateKey;
import bulwark.kernel.signing.CertificateSubject;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tenant's own TLS towards its backend, from the control plane to the wire. The backend asks for a certificate of its tenant's authority. */
class PushedUpstreamTlsTest {
    private static final Map<String, Object> WHOLE = Map.of(
            "ca_file", "acme/ca.crt",
            "client_cert_file", "acme/client.crt",
            "client_key_file", "acme/client.key",
            "server_name", "vault.acme");

    @TempDir
    private Path folder;

    private LinkFixture link;
    private CertificateDemandingBackend backend;

    @BeforeEach
    void start() throws Exception {
        link = new LinkFixture(folder);
        Path files = folder.resolve("upstream/acme");
        java.nio.file.Files.createDirectories(files.getParent());
        CertificateAuthority authority = link.authority(files, CertificateKey.P256);
        authority.issue(
                "server",
                new CertificateSubject("server", "test://server", List.of("vault.acme"), true, false),
                link.lifetime());
        authority.issue(
                "client", new CertificateSubject("client", "test://client", List.of(), false, true), link.lifetime());
        backend = new CertificateDemandingBackend(files, link.control.clock);
    }

    @AfterEach
    void stop() {
        link.close();
        backend.close();
    }

    private String url() {
        return "https://127.0.0.1:" + backend.port();
    }

    private Answer draft(String name, String url, Object tls) throws Exception {
        Map<String, Object> body = new HashMap<>(Map.of("name", name, "backend_url", url));
        body.put("upstream_tls", tls);
        return link.control.admin("acme", "POST", "/v1/tenants/acme/apis", body);
    }

    private Gateway gateway() throws Exception {
        return link.gateway(
                "edge",
                Map.of("STOA_UPSTREAM__TLS_DIR", folder.resolve("upstream").toString()));
    }

    @Test
    void a_backend_of_a_tenants_authority_is_reached_with_the_tenants_certificate_and_not_without() throws Exception {
        Gateway gateway = gateway();
        Answer drafted = draft("vault", url(), WHOLE).is(201);
        assertThat(drafted.json().path("upstream_tls").path("server_name").asString())
                .isEqualTo("vault.acme");
        String one = "/v1/tenants/acme/apis/" + drafted.text("id");
        link.control.admin("acme", "POST", one + "/publish").is(200);
        String key = link.control
                .subscribe("acme", drafted.text("id"), link.plan, link.consumer)
                .is(201)
                .text("api_key");
        Map<String, String> headers = Map.of("X-API-Key", key);
        eventually(204, () -> link.get(gateway, "/apis/acme/vault/1", headers).statusCode());

        Map<String, Object> unshown = Map.of("ca_file", "acme/ca.crt", "server_name", "vault.acme");
        link.control.admin("acme", "PUT", one, Map.of("upstream_tls", unshown)).is(200);
        eventually(502, () -> link.get(gateway, "/apis/acme/vault/1", headers).statusCode());
        link.control.admin("acme", "PUT", one, Map.of("upstream_tls", WHOLE)).is(200);
        eventually(204, () -> link.get(gateway, "/apis/acme/vault/1", headers).statusCode());
        Map<String, Object> other = new HashMap<>(WHOLE);
        other.put("server_name", "elsewhere.acme");
        link.control.admin("acme", "PUT", one, Map.of("upstream_tls", other)).is(200);
        eventually(502, () -> link.get(gateway, "/apis/acme/vault/1", headers).statusCode());

        link.control
                .admin("acme", "PUT", one, Map.of("backend_url", link.backendUrl(), "upstream_tls", Map.of()))
                .is(200);
        eventually(204, () -> link.get(gateway, "/apis/acme/vault/1", headers).statusCode());
    }

    @Test
    void files_of_nobodys_or_another_tenants_folder_are_refused_by_the_name_of_the_field() throws Exception {
        for (Object wrong : List.of(
                Map.of("ca_file", "other/ca.crt"),
                Map.of("ca_file", "ca.crt"),
                Map.of("ca_file", "acme/../other/ca.crt"),
                Map.of("client_cert_file", "acme/client.crt"),
                Map.of("server_name", "10.0.0.1"),
                Map.of("min_version", "1.1"),
                Map.of("unknown", "x"),
                "acme/ca.crt")) {
            assertThat(draft("vault", url(), wrong).is(422).text("detail"))
                    .as("%s", wrong)
                    .contains("upstream_tls");
        }
        assertThat(draft("vault", "http://127.0.0.1:9", WHOLE).is(422).text("detail"))
                .contains("upstream_tls");
    }

    /** Whatever a control plane says that was broken into. */
    @Test
    void a_snapshot_that_names_the_file_of_another_tenant_is_refused_as_a_whole() throws Exception {
        String id = draft("vault", url(), WHOLE).is(201).text("id");
        link.control
                .admin("acme", "POST", "/v1/tenants/acme/apis/" + id + "/publish")
                .is(200);
        link.changeByHand(change -> {
            ControlObject api = change.require(ObjectKind.API, id);
            return change.update(api.with("upstream_tls", Map.of("ca_file", "other/ca.crt")));
        });
        Gateway gateway = gateway();
        eventually("error", () -> link.syncStatus("edge"));
        assertThat(link.callWith(gateway, link.key)).isEqualTo(404);
        assertThat(link.control
                        .operator(
                                "GET",
                                "/v1/admin/gateways/" + link.added.get("edge").text("id"),
                                null)
                        .is(200)
                        .body())
                .contains("names a file beside the folder of its tenant");
    }
}
