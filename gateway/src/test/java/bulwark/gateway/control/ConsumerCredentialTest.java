package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.gateway.permission.Role;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that consumers bring along, what ends soon, and what must end now. */
class ConsumerCredentialTest {
    @TempDir
    private Path folder;

    private ControlFixture control;
    private String consumer;
    private String one;

    @BeforeEach
    void start() throws Exception {
        control = ControlFixture.start(folder.resolve("state"));
        control.clock.set(Instant.now().plusSeconds(60));
        consumer = control.consumer("acme", "shop");
        one = "/v1/consumers/acme/" + consumer + "/certificate";
    }

    @AfterEach
    void stop() {
        control.close();
    }

    /** Signed by itself. @return the certificate in PEM; its key lies beside it */
    private String certificate(String options) throws Exception {
        Shell.Outcome made = Shell.bash(
                folder,
                Map.of(),
                Duration.ofSeconds(60),
                "openssl req -x509 -nodes -keyout key.pem -out crt.pem -subj /CN=shop " + options + " 2>&1");
        assertThat(made.exitCode()).as("%s", made).isZero();
        return Files.readString(folder.resolve("crt.pem"));
    }

    private String good(int days) throws Exception {
        return certificate("-newkey ec -pkeyopt ec_paramgen_curve:P-256 -days " + days
                + " -addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=clientAuth");
    }

    private Answer upload(String pem) throws Exception {
        return control.admin("acme", "POST", one, Map.of("certificate", pem));
    }

    @Test
    void a_certificate_is_bound_shown_replaced_with_a_grace_and_revoked_for_good() throws Exception {
        control.admin("acme", "GET", one).is(404);
        control.admin("acme", "POST", one + "/revoke").is(409);
        String first = good(90);
        Answer bound = upload(first).is(201);
        assertThat(bound.text("consumer_id")).isEqualTo(consumer);
        assertThat(bound.text("fingerprint")).matches("[0-9a-f]{64}");
        assertThat(control.as(Role.VIEWER, "acme", "GET", one).is(200).text("fingerprint"))
                .isEqualTo(bound.text("fingerprint"));
        assertThat(upload(first).is(409).text("error")).isEqualTo("already_exists");

        String second = good(90);
        Answer next = control.admin("acme", "POST", one, Map.of("certificate", second, "grace_period_hours", 24))
                .is(201);
        assertThat(next.text("previous_fingerprint")).isEqualTo(bound.text("fingerprint"));
        assertThat(Instant.parse(next.text("previous_expires_at")))
                .isCloseTo(control.clock.instant().plus(Duration.ofHours(24)), within(1, ChronoUnit.SECONDS));
        control.clock.advance(Duration.ofHours(24).plusSeconds(1));
        assertThat(control.admin("acme", "GET", one).is(200).body()).doesNotContain("previous_");

        assertThat(control.admin("acme", "POST", one + "/revoke")
                        .is(200)
                        .json()
                        .path("revoked_certificates")
                        .asInt())
                .isEqualTo(2);
        control.admin("acme", "GET", one).is(404);
        assertThat(upload(second).is(409).text("error")).isEqualTo("certificate_revoked");
        assertThat(control.admin("acme", "GET", "/v1/audit/acme?action=consumer_certificate_uploaded")
                        .is(200)
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(2);
    }

    @Test
    void the_consumer_may_be_named_in_the_body_and_is_one_of_the_callers_tenant() throws Exception {
        String pem = good(90);
        String upload = "/v1/certificates/upload";
        control.admin("acme", "POST", upload, Map.of("consumer_id", consumer, "certificate", pem))
                .is(201);
        Answer refused = control.admin("other", "POST", upload, Map.of("consumer_id", consumer, "certificate", pem))
                .is(422);
        assertThat(refused.text("detail")).contains("consumer_id names no consumer of this tenant");
        control.as(Role.DEVOPS, "acme", "POST", upload, Map.of("consumer_id", consumer, "certificate", pem))
                .is(403);
        control.admin("acme", "POST", "/v1/consumers/acme/" + consumer + "/suspend")
                .is(200);
        assertThat(upload(good(90)).is(409).text("error")).isEqualTo("not_active");
    }

    @Test
    void what_is_no_certificate_of_a_client_that_is_good_now_is_refused_and_nothing_is_kept() throws Exception {
        String ec = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 90 ";
        String leaf = "-addext basicConstraints=critical,CA:FALSE ";
        String good = good(90);
        String key = Files.readString(folder.resolve("key.pem"));
        Map<String, String> wrong = Map.of(
                "x",
                "must be an X.509 certificate in PEM",
                good.substring(0, 200),
                "must be an X.509 certificate in PEM",
                good + good,
                "must be one certificate",
                good + key,
                "holds a private key",
                certificate(ec),
                "is the certificate of an authority",
                certificate(ec + leaf + "-addext extendedKeyUsage=serverAuth"),
                "is not for clients",
                certificate("-newkey rsa:1024 -days 90 " + leaf),
                "too weak");
        for (Map.Entry<String, String> each : wrong.entrySet()) {
            assertThat(upload(each.getKey()).is(422).text("detail")).contains("certificate", each.getValue());
        }
        for (Map<String, Object> body : List.<Map<String, Object>>of(
                Map.of(),
                Map.of("certificate", 7),
                Map.of("certificate", good, "grace_period_hours", 721),
                Map.of("certificate", good, "tenant_id", "other"))) {
            control.admin("acme", "POST", one, body).is(422);
        }
        control.clock.advance(Duration.ofDays(91));
        assertThat(upload(good).is(422).text("detail")).contains("expired at");
        control.admin("acme", "GET", one).is(404);
    }

    /** What openssl makes is good from that moment on. */
    @Test
    void a_certificate_that_is_not_good_yet_is_refused() throws Exception {
        String good = good(90);
        control.close();
        control = ControlFixture.start(folder.resolve("earlier"));
        control.clock.set(Instant.now().minusSeconds(600));
        consumer = control.consumer("acme", "shop");
        one = "/v1/consumers/acme/" + consumer + "/certificate";
        assertThat(upload(good).is(422).text("detail")).contains("is not valid before");
    }

    @Test
    void what_ends_within_some_days_is_listed_by_its_end() throws Exception {
        String path = "/v1/consumers/acme/expiring";
        assertThat(control.admin("acme", "GET", path)
                        .is(200)
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
        Answer certificate = upload(good(20)).is(201);
        String api = control.api("acme", "orders", "http://127.0.0.1:9");
        String plan = control.plan("acme", "free", Map.of("requires_approval", false));
        Answer subscribed = control.subscribe("acme", api, plan, consumer).is(201);
        String subscription = "/v1/subscriptions/" + subscribed.text("id");
        control.admin("acme", "POST", subscription + "/rotate-key", Map.of("grace_period_hours", 24))
                .is(200);
        control.admin("acme", "POST", subscription + "/ttl", Map.of("ttl_days", 7))
                .is(200);
        List<String> kinds = new ArrayList<>();
        for (var each : control.as(Role.VIEWER, "acme", "GET", path)
                .is(200)
                .json()
                .path("credentials")
                .values()) {
            kinds.add(each.path("kind").asString());
            assertThat(each.path("consumer_id").asString()).isEqualTo(consumer);
        }
        assertThat(kinds).containsExactly("api_key", "subscription", "certificate");
        assertThat(control.admin("acme", "GET", path + "?days=10").is(200).body())
                .doesNotContain(certificate.text("id"), subscribed.text("api_key"));
        assertThat(control.admin("other", "GET", "/v1/consumers/other/expiring")
                        .is(200)
                        .json()
                        .path("total")
                        .asInt())
                .isZero();
        control.admin("acme", "GET", path + "?days=0").is(422);
        control.admin("acme", "GET", path + "?days=366").is(422);
        control.clock.advance(Duration.ofDays(8));
        assertThat(control.admin("acme", "GET", path)
                        .is(200)
                        .json()
                        .path("total")
                        .asInt())
                .as("what has ended is not about to")
                .isEqualTo(1);
    }

    @Test
    void everything_of_several_consumers_is_revoked_each_by_itself() throws Exception {
        upload(good(90)).is(201);
        String api = control.api("acme", "orders", "http://127.0.0.1:9");
        String plan = control.plan("acme", "free", Map.of("requires_approval", false));
        String second = control.consumer("acme", "till");
        List<String> subscriptions = new ArrayList<>();
        for (String each : List.of(consumer, second)) {
            subscriptions.add(control.subscribe("acme", api, plan, each).is(201).text("id"));
        }
        String foreign = control.consumer("other", "theirs");
        String path = "/v1/consumers/acme/bulk-revoke";
        Map<String, Object> body = Map.of("consumer_ids", List.of(consumer, foreign, second));
        control.as(Role.DEVOPS, "acme", "POST", path, body).is(403);
        Answer answer = control.admin("acme", "POST", path, body).is(200);
        assertThat(answer.json().path("succeeded").asInt()).isEqualTo(2);
        assertThat(answer.json().path("failed").asInt()).isEqualTo(1);
        assertThat(answer.json()
                        .path("results")
                        .get(0)
                        .path("revoked_certificates")
                        .asInt())
                .isEqualTo(1);
        assertThat(answer.json().path("results").get(1).path("error").asString())
                .isEqualTo("not_found");
        for (String each : subscriptions) {
            assertThat(control.admin("acme", "GET", "/v1/subscriptions/" + each)
                            .is(200)
                            .text("status"))
                    .isEqualTo("revoked");
        }
        assertThat(control.admin("acme", "GET", "/v1/audit/acme?action=consumer_credentials_revoked")
                        .is(200)
                        .json()
                        .path("total")
                        .asInt())
                .isEqualTo(2);
        List<String> many =
                java.util.stream.IntStream.range(0, 51).mapToObj(i -> "c" + i).toList();
        control.admin("acme", "POST", path, Map.of("consumer_ids", many)).is(422);
        control.admin("acme", "POST", path, Map.of("consumer_ids", consumer)).is(422);
    }
}
