package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.signing.Signing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** Events of a tenant at its webhooks. */
@Timeout(300)
class ControlWebhookTest extends ControlPlaneTestBase {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static String signature(String secret, String seconds, String body) {
        byte[] made = Signing.fastest()
                .hmacSha256(
                        SecretBytes.of(secret.getBytes(StandardCharsets.US_ASCII)),
                        (seconds + "." + body).getBytes(StandardCharsets.UTF_8));
        return "t=" + seconds + ",v1=" + HexFormat.of().formatHex(made);
    }

    @Test
    void an_event_reaches_its_webhook_signed_and_once_the_receiver_takes_it() throws Exception {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            String all = "/v1/tenants/acme/webhooks";
            Answer made = control.admin(
                            "acme",
                            "POST",
                            all,
                            Map.of("name", "hook", "url", receiver.url(), "events", List.of("plan_created")))
                    .is(201);
            String secret = made.text("secret");
            assertThat(secret).startsWith("stoa_whsec_");
            assertThat(control.admin("acme", "GET", all).is(200).body()).doesNotContain("secret");
            control.plan("acme", "free", Map.of());
            control.plan("other", "free", Map.of());
            control.consumer("acme", "shop");
            await().atMost(SOON).until(() -> receiver.heard.size() == 1);
            Map<String, String> request = receiver.heard.getFirst();
            JsonNode body = StrictJson.parse(request.get("body").getBytes(StandardCharsets.UTF_8));
            assertThat(body.path("event").asString()).isEqualTo("plan_created");
            assertThat(body.path("tenant_id").asString()).isEqualTo("acme");
            assertThat(body.path("resource").path("name").asString()).isEqualTo("free");
            String given = request.get("X-stoa-signature");
            assertThat(given).isEqualTo(signature(secret, given.substring(2, given.indexOf(',')), request.get("body")));
            String rotated = control.admin("acme", "POST", all + "/" + made.text("id") + "/rotate-secret")
                    .is(200)
                    .text("secret");
            assertThat(rotated).isNotEqualTo(secret);
        }
    }

    @Test
    void what_no_receiver_takes_is_tried_again_and_then_kept_as_a_dead_letter_that_can_be_sent_again()
            throws Exception {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            receiver.status.set(500);
            String all = "/v1/tenants/acme/webhooks";
            String one = all + "/"
                    + control.admin(
                                    "acme",
                                    "POST",
                                    all,
                                    Map.of("name", "hook", "url", receiver.url(), "events", List.of("plan_created")))
                            .is(201)
                            .text("id");
            control.plan("acme", "free", Map.of());
            for (int attempt = 1; attempt <= 7; attempt++) {
                int made = attempt;
                await().atMost(SOON).until(() -> attempts(one) >= made);
                control.clock.advance(Duration.ofHours(9));
            }
            await().atMost(SOON)
                    .until(() -> delivery(one).path("status").asString().equals("dead"));
            assertThat(delivery(one).path("problem").asString()).isEqualTo("the receiver answered 500");
            int before = receiver.heard.size();
            receiver.status.set(200);
            String replay = one + "/deliveries/" + delivery(one).path("id").asString() + "/replay";
            control.admin("acme", "POST", replay).is(200);
            await().atMost(SOON)
                    .until(() -> delivery(one).path("status").asString().equals("delivered"));
            assertThat(receiver.heard).hasSize(before + 1);
            control.admin("acme", "POST", one + "/deliveries/nothing/replay").is(404);
            assertThat(control.call("GET", "/metrics", null, Map.of()).body())
                    .contains("stoa_control_webhook_deliveries_total{outcome=\"dead\"} 1.0");
        }
    }

    private JsonNode delivery(String webhook) throws Exception {
        JsonNode items = control.admin("acme", "GET", webhook + "/deliveries")
                .is(200)
                .json()
                .path("items");
        return items.get(items.size() - 1);
    }

    private int attempts(String webhook) throws Exception {
        JsonNode items = control.admin("acme", "GET", webhook + "/deliveries")
                .is(200)
                .json()
                .path("items");
        return items.isEmpty()
                ? 0
                : items.get(items.size() - 1).path("attempts").asInt();
    }

    @DisplayName("X30: a webhook reaches nothing that the operator does not allow")
    @Test
    void a_webhook_reaches_nothing_that_the_operator_does_not_allow() throws Exception {
        String all = "/v1/tenants/acme/webhooks";
        for (String url : List.of("https://10.0.0.1/", "https://169.254.169.254/latest", "https://[::1]/")) {
            assertThat(control.admin("acme", "POST", all, Map.of("name", "hook", "url", url))
                            .is(400)
                            .body())
                    .contains("receiver_blocked", "url");
        }
        assertThat(control.admin("acme", "POST", all, Map.of("name", "hook", "url", "http://example.com/"))
                        .is(422)
                        .body())
                .contains("https");
        control.admin("acme", "POST", all, Map.of("name", "hook", "url", "file:///etc/passwd"))
                .is(422);
    }
}
