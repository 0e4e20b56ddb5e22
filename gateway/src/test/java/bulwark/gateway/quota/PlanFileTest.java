package bulwark.gateway.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.GatewayFixture;
import bulwark.kernel.config.Configuration.ConfigurationRefused;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An operator gives consumers a plan by a file alone. */
@Timeout(180)
class PlanFileTest {
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private GatewayFixture start(String plans) throws Exception {
        Files.writeString(folder.resolve("plans.yaml"), plans);
        return GatewayFixture.start(
                folder.resolve("state"),
                Map.of("STOA_PLANS_FILE", folder.resolve("plans.yaml").toString()),
                Clock.systemUTC());
    }

    private static String limit(GatewayFixture gateway, String subject) throws Exception {
        HttpResponse<String> answer = gateway.send(gateway.as(subject, "/apis/own/x"));
        return answer.statusCode() + " "
                + answer.headers().firstValue("X-RateLimit-Limit").orElse("none");
    }

    @Test
    void a_consumer_has_the_plan_that_the_file_gives_it_and_a_changed_file_counts_at_once() throws Exception {
        try (GatewayFixture gateway = start("""
                plans:
                  - name: trickle
                    daily_request_limit: 2
                assignments:
                  - subject: ann
                    plan: trickle
                  - subject: bob
                    plan: gold
                """)) {
            assertThat(limit(gateway, "ann")).isEqualTo("200 2");
            assertThat(limit(gateway, "ann")).isEqualTo("200 2");
            assertThat(limit(gateway, "ann")).isEqualTo("429 2");
            assertThat(limit(gateway, "bob")).isEqualTo("200 100");
            assertThat(limit(gateway, "cid")).isEqualTo("200 60");
            Files.writeString(folder.resolve("plans.yaml"), "assignments: [{subject: cid, plan: silver}]\n");
            await().atMost(SOON).until(() -> limit(gateway, "cid").equals("200 20"));
            assertThat(limit(gateway, "ann")).isEqualTo("200 60");
            Files.writeString(folder.resolve("plans.yaml"), "assignments: [{subject: cid, plan: absent}]\n");
            Files.delete(folder.resolve("plans.yaml"));
            assertThat(limit(gateway, "cid")).endsWith(" 20");
        }
    }

    @Test
    void a_wrong_file_refuses_the_start_with_every_fault() {
        String wrong = """
                plans:
                  - {name: a, burst_limit: 5}
                  - {name: b, rate_limit_per_minute: -1, colour: red}
                assignments:
                  - {subject: ann, plan: absent}
                  - {subject: ann, api_key: k, plan: gold}
                more: 1
                """;
        assertThatThrownBy(() -> start(wrong).close())
                .isInstanceOf(ConfigurationRefused.class)
                .hasMessageContaining("STOA_PLANS_FILE: plans[0].burst_limit needs rate_limit_per_second")
                .hasMessageContaining("plans[1].rate_limit_per_minute must be a whole number")
                .hasMessageContaining("colour")
                .hasMessageContaining("assignments[0].plan is no plan of this file")
                .hasMessageContaining("name exactly one")
                .hasMessageContaining("more");
    }
}
