package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.control.ControlFixture.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator's key, replaced while the control plane runs, and the ages of keys. */
class ControlSecretsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String NEXT = "the-next-operator-key-0123456789-abcdefg";

    @TempDir
    private Path folder;

    private Path file;
    private ControlFixture control;

    @BeforeEach
    void start() throws Exception {
        file = folder.resolve("operator-key");
        write(ControlFixture.OPERATOR_KEY);
        control = ControlFixture.keyedBy(folder, file);
        control.operator("POST", "/v1/tenants", Map.of("id", "acme")).is(201);
    }

    @AfterEach
    void stop() {
        control.close();
    }

    private void write(String key) throws Exception {
        Path next = Files.createTempFile(
                folder, "key", "", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(next, key);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private int status(String key) throws Exception {
        return control.call("GET", "/v1/tenants", null, Map.of("X-Operator-Key", key))
                .status();
    }

    private double age(String secret) throws Exception {
        String series = "stoa_secret_age_seconds{secret=\"" + secret + "\"} ";
        return control.call("GET", "/metrics", null, Map.of())
                .body()
                .lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length())))
                .findFirst()
                .orElse(-1);
    }

    @Test
    void the_operators_key_is_replaced_while_it_runs_and_no_call_with_the_former_one_fails_meanwhile()
            throws Exception {
        control.clock.advance(Duration.ofDays(3));
        assertThat(age("operator_key")).isEqualTo(Duration.ofDays(3).toSeconds());
        write("too-short");
        assertThat(status(ControlFixture.OPERATOR_KEY)).isEqualTo(200);
        write(NEXT);
        await().atMost(SOON).until(() -> {
            assertThat(status(ControlFixture.OPERATOR_KEY)).isEqualTo(200);
            return status(NEXT) == 200;
        });
        await().atMost(SOON).until(() -> age("operator_key") == 0);
        assertThat(status(ControlFixture.OPERATOR_KEY)).as("in its grace").isEqualTo(200);
        control.clock.advance(Duration.ofMinutes(6));
        assertThat(status(ControlFixture.OPERATOR_KEY)).isEqualTo(401);
        assertThat(status(NEXT)).isEqualTo(200);
        Files.delete(file);
        assertThat(status(NEXT)).as("a slip locks nobody out").isEqualTo(200);
    }

    @Test
    void the_age_of_the_oldest_key_of_consumers_is_shown_and_falls_when_it_is_replaced() throws Exception {
        assertThat(age("consumer_api_keys")).isZero();
        String api = control.api("acme", "orders", "http://127.0.0.1:9");
        String plan = control.plan("acme", "open", Map.of("requires_approval", false));
        Answer old = control.subscribe("acme", api, plan, control.consumer("acme", "shop"))
                .is(201);
        control.admin("acme", "POST", "/v1/service-accounts", Map.of("name", "ci", "roles", List.of("viewer")))
                .is(201);
        long days = 91;
        control.clock.advance(Duration.ofDays(days));
        control.subscribe("acme", api, plan, control.consumer("acme", "other-shop"))
                .is(201);
        await().atMost(SOON)
                .until(() -> age("consumer_api_keys") == Duration.ofDays(days).toSeconds());
        assertThat(age("service_account_keys")).isEqualTo(Duration.ofDays(days).toSeconds());
        assertThat(age("gateway_keys")).isZero();
        control.admin(
                        "acme",
                        "POST",
                        "/v1/subscriptions/" + old.text("id") + "/rotate-key",
                        Map.of("grace_period_hours", 1))
                .is(200);
        control.clock.advance(Duration.ofHours(2));
        control.consumer("acme", "third-shop");
        await().atMost(SOON)
                .until(() -> age("consumer_api_keys") == Duration.ofHours(2).toSeconds());
    }
}
