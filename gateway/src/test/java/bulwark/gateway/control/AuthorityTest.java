package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The CA of a tenant, judged by openssl. */
class AuthorityTest {
    @TempDir
    private Path folder;

    private ControlFixture control;
    private String consumer;

    @BeforeEach
    void start() throws Exception {
        control = ControlFixture.start(folder.resolve("state"));
        consumer = control.consumer("acme", "shop");
    }

    @AfterEach
    void stop() {
        control.close();
    }

    private String openssl(String script) throws Exception {
        Shell.Outcome outcome = Shell.bash(folder, Map.of(), Duration.ofSeconds(60), script);
        assertThat(outcome.exitCode()).as("%s", outcome).isZero();
        return outcome.out();
    }

    private String request(String options) throws Exception {
        openssl("openssl req -new -nodes -keyout key.pem -out csr.pem " + options + " 2>/dev/null");
        return Files.readString(folder.resolve("csr.pem"));
    }

    @Test
    void a_certificate_names_its_consumer_whatever_was_asked_for_and_can_be_taken_back() throws Exception {
        String ca = "/v1/tenants/acme/ca";
        String csr = request("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=root/O=other");
        control.admin("acme", "POST", ca + "/sign", Map.of("consumer_id", consumer, "csr", csr))
                .is(404);
        Answer made = control.admin("acme", "POST", ca).is(201);
        control.admin("acme", "POST", ca).is(409);
        control.admin("acme", "POST", ca + "/sign", Map.of("consumer_id", consumer, "csr", csr, "validity_days", 3651))
                .is(422);
        Answer signed = control.admin(
                        "acme", "POST", ca + "/sign", Map.of("consumer_id", consumer, "csr", csr, "validity_days", 30))
                .is(201);
        Files.writeString(folder.resolve("ca.pem"), made.text("certificate"));
        Files.writeString(folder.resolve("leaf.pem"), signed.text("certificate"));
        long at = control.clock.instant().getEpochSecond();
        assertThat(openssl("openssl verify -attime " + at + " -purpose sslclient -CAfile ca.pem leaf.pem"))
                .contains("OK");
        String text = openssl("openssl x509 -in leaf.pem -noout -text");
        assertThat(text)
                .contains("CN = shop", "URI:stoa://tenants/acme/consumers/" + consumer, "TLS Web Client Authentication")
                .doesNotContain("root", "TLS Web Server Authentication", "CA:TRUE");

        Map<String, Object> query = Map.of("certificate", signed.text("certificate"));
        assertThat(control.admin("acme", "POST", "/v1/certificates/validate", query)
                        .is(200)
                        .json()
                        .path("valid")
                        .asBoolean())
                .isTrue();
        assertThat(control.admin("other", "POST", "/v1/certificates/validate", query)
                        .is(200)
                        .json()
                        .path("valid")
                        .asBoolean())
                .isFalse();
        control.admin("acme", "POST", ca + "/certificates/" + signed.text("id") + "/revoke")
                .is(200);
        control.admin("acme", "POST", ca + "/certificates/" + signed.text("id") + "/revoke")
                .is(409);
        assertThat(control.admin("acme", "POST", "/v1/certificates/validate", query)
                        .json()
                        .path("problems")
                        .toString())
                .contains("it is revoked");
        Files.writeString(
                folder.resolve("crl.pem"),
                control.admin("acme", "GET", ca + "/crl").is(200).body());
        assertThat(openssl("openssl verify -attime " + at
                        + " -crl_check -CAfile ca.pem -CRLfile crl.pem leaf.pem 2>&1 || true"))
                .contains("revoked");
        control.clock.advance(Duration.ofDays(31));
        assertThat(control.admin("acme", "POST", "/v1/certificates/validate", query)
                        .json()
                        .path("problems")
                        .toString())
                .contains("it has expired");
    }

    @Test
    void a_request_that_is_weak_damaged_or_not_signed_by_its_key_is_refused_by_its_field() throws Exception {
        control.admin("acme", "POST", "/v1/tenants/acme/ca").is(201);
        String good = request("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /CN=a");
        String weak = request("-newkey rsa:1024 -subj /CN=a");
        char[] changed = good.toCharArray();
        int at = good.indexOf('\n') + 60;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        for (String csr : new String[] {weak, new String(changed), "x", good.replace("REQUEST", "THING")}) {
            Answer refused = control.admin(
                            "acme", "POST", "/v1/tenants/acme/ca/sign", Map.of("consumer_id", consumer, "csr", csr))
                    .is(422);
            assertThat(refused.text("detail")).startsWith("csr ");
        }
    }
}
