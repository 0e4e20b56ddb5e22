package bulwark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.time.SettableClock;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Secrets that are replaced while the gateway runs. */
@Timeout(300)
class LiveSecretsTest {
    private static final String SECOND = "the-second-admin-token-of-the-test-0123456789";
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private static int status(GatewayFixture gateway, String token) throws Exception {
        HttpResponse<String> answer =
                gateway.send(gateway.request("/admin/health").header("Authorization", "Bearer " + token));
        return answer.statusCode();
    }

    private static void write(Path file, String text) throws Exception {
        OwnerOnlyFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a13_the_former_token_is_good_during_the_rotation_and_not_after_it() throws Exception {
        Path file = folder.resolve("admin-token");
        write(file, GatewayFixture.ADMIN);
        SettableClock clock = new SettableClock(Instant.now());
        Map<String, String> settings = Map.of("STOA_ADMIN_API_TOKEN", "", "STOA_ADMIN_API_TOKEN_FILE", file.toString());
        try (GatewayFixture gateway = GatewayFixture.start(folder.resolve("state"), settings, clock)) {
            assertThat(status(gateway, GatewayFixture.ADMIN)).isEqualTo(200);
            write(file, SECOND);
            gateway.gateway().reload();
            assertThat(status(gateway, SECOND)).isEqualTo(200);
            assertThat(status(gateway, GatewayFixture.ADMIN)).as("in grace").isEqualTo(200);
            write(file, "short");
            gateway.gateway().reload();
            assertThat(status(gateway, SECOND))
                    .as("a token that can be guessed is not taken")
                    .isEqualTo(200);
            assertThat(status(gateway, "short")).isEqualTo(401);
            clock.advance(Duration.ofMinutes(6));
            assertThat(status(gateway, GatewayFixture.ADMIN)).as("after grace").isEqualTo(401);
            assertThat(status(gateway, SECOND)).isEqualTo(200);
            write(file, GatewayFixture.ADMIN);
            await().atMost(SOON).until(() -> status(gateway, GatewayFixture.ADMIN) == 200);
        }
    }

    @Test
    void the_age_of_a_secret_is_told_over_a_restart_and_begins_again_with_a_new_value() throws Exception {
        Path state = folder.resolve("state");
        Instant start = Instant.now();
        GatewayFixture.start(state, Map.of(), new SettableClock(start)).close();
        SettableClock later = new SettableClock(start.plus(Duration.ofDays(91)));
        try (GatewayFixture gateway = GatewayFixture.start(state, Map.of(), later)) {
            assertThat(age(gateway)).isEqualTo(Duration.ofDays(91).toSeconds());
            assertThat(gateway.metrics()).contains("stoa_secrets_in_environment 1.0");
        }
        try (GatewayFixture gateway =
                GatewayFixture.start(state, Map.of("STOA_ADMIN_API_TOKEN", GatewayFixture.ADMIN + "-2"), later)) {
            assertThat(age(gateway)).isZero();
        }
    }

    private static long age(GatewayFixture gateway) throws Exception {
        return gateway.metrics()
                .lines()
                .filter(line -> line.startsWith("stoa_secret_age_seconds{secret=\"admin_api_token\"}"))
                .map(line -> (long) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .findFirst()
                .orElseThrow();
    }
}
