package bulwark.gateway.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What becomes of events when the store, a receiver or a row of the audit log fails. */
class WebhookDeliveryTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String FAILURES = "stoa_control_webhook_store_failures_total";
    /** More than are sent in one round. */
    private static final int BACKLOG = 205;

    private static final int HUNG = 20;
    private static final int SLOTS = 16;

    @TempDir
    private Path folder;

    private ControlFixture control;

    @BeforeEach
    void start() throws Exception {
        control = ControlFixture.start(folder);
    }

    @AfterEach
    void stop() {
        control.close();
    }

    private String webhook(String tenant, WebhookReceiver receiver, String event) throws Exception {
        return webhook(tenant, "hook", receiver, event);
    }

    private String webhook(String tenant, String name, WebhookReceiver receiver, String event) throws Exception {
        String all = "/v1/tenants/" + tenant + "/webhooks";
        Map<String, Object> body = Map.of("name", name, "url", receiver.url(), "events", List.of(event));
        return all + "/" + control.admin(tenant, "POST", all, body).is(201).text("id");
    }

    /** As somebody who can write the store's file. */
    private void edit(String... statements) throws Exception {
        try (Connection file = connect();
                Statement statement = file.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private Connection connect() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("control.db"));
    }

    private double counted(String series) throws Exception {
        return control.call("GET", "/metrics", null, Map.of())
                .body()
                .lines()
                .filter(line -> line.startsWith(series + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    @Test
    void deliveries_go_on_after_the_store_failed_once() throws Exception {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            webhook("acme", receiver, "plan_created");
            double before = counted(FAILURES);
            try (Connection file = connect();
                    Statement statement = file.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                // Old deliveries are due to be removed, which the lock of another program prevents.
                control.clock.advance(Duration.ofHours(2));
                await().atMost(SOON).until(() -> counted(FAILURES) > before);
                statement.execute("ROLLBACK");
            }
            control.plan("acme", "free", Map.of());
            await().atMost(SOON).until(() -> receiver.heard.size() == 1);
        }
    }

    @Test
    void the_backlog_of_a_dead_receiver_keeps_nobody_elses_events_waiting_and_is_not_sent_without_pause()
            throws Exception {
        try (WebhookReceiver dead = new WebhookReceiver();
                WebhookReceiver alive = new WebhookReceiver()) {
            dead.status.set(500);
            webhook("acme", dead, "plan_updated");
            webhook("other", alive, "plan_updated");
            String plan = "/v1/plans/acme/" + control.plan("acme", "free", Map.of());
            for (int i = 1; i <= BACKLOG; i++) {
                control.admin("acme", "PUT", plan, Map.of("daily_request_limit", i))
                        .is(200);
            }
            String others = "/v1/plans/other/" + control.plan("other", "free", Map.of());
            control.admin("other", "PUT", others, Map.of("daily_request_limit", 1))
                    .is(200);
            await().atMost(SOON).until(() -> alive.heard.size() == 1);
            // The clock stands still, so that the pause after the first failure does not end.
            int asked = dead.heard.size();
            assertThat(asked).isEqualTo(1);
            control.admin("other", "PUT", others, Map.of("daily_request_limit", 2))
                    .is(200);
            await().atMost(SOON).until(() -> alive.heard.size() == 2);
            assertThat(dead.heard).as("with the clock at rest").hasSize(asked);
            control.clock.advance(Duration.ofMinutes(2));
            await().atMost(SOON).until(() -> dead.heard.size() > asked);
        }
    }

    /** More of them than are called at once; each hangs for as long as a call may. */
    @Test
    void silent_receivers_of_one_tenant_keep_no_other_tenants_events_waiting() throws Exception {
        try (WebhookReceiver silent = WebhookReceiver.silent();
                WebhookReceiver alive = new WebhookReceiver()) {
            for (int i = 0; i < HUNG; i++) {
                webhook("acme", "hook-" + i, silent, "plan_created");
            }
            webhook("other", alive, "plan_created");
            control.plan("acme", "free", Map.of());
            await().atMost(SOON).until(() -> !silent.heard.isEmpty());
            control.plan("other", "free", Map.of());
            await().atMost(SOON).until(() -> alive.heard.size() == 1);
            assertThat(silent.heard).hasSizeLessThan(SLOTS);
        }
    }

    @Test
    void an_event_whose_row_cannot_be_read_ends_with_evidence_and_those_after_it_are_sent() throws Exception {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            receiver.status.set(500);
            String hook = webhook("acme", receiver, "plan_created");
            control.plan("acme", "free", Map.of());
            await().atMost(SOON).until(() -> !receiver.heard.isEmpty());
            await().atMost(SOON)
                    .until(() -> !delivery(hook, "pending").path("problem").isMissingNode());
            edit(
                    "DROP TRIGGER IF EXISTS control_audit_log_no_update",
                    "UPDATE control_audit_log SET detail = 'no longer JSON' WHERE event_type = 'plan_created'");
            receiver.status.set(204);
            int before = receiver.heard.size();
            control.plan("acme", "gold", Map.of());
            control.clock.advance(Duration.ofMinutes(2));
            await().atMost(SOON).until(() -> receiver.heard.size() == before + 1);
            assertThat(delivery(hook, "dead").path("problem").asString()).contains("audit log");
            assertThat(counted("stoa_control_webhook_deliveries_total{outcome=\"unreadable\"}"))
                    .isEqualTo(1);
            assertThat(control.admin("acme", "GET", "/v1/audit/acme?action=webhook_event_unreadable")
                            .is(200)
                            .json()
                            .path("entries"))
                    .hasSize(1);
        }
    }

    private JsonNode delivery(String hook, String status) throws Exception {
        return control.admin("acme", "GET", hook + "/deliveries")
                .is(200)
                .json()
                .path("items")
                .valueStream()
                .filter(each -> each.path("status").asString().equals(status))
                .findFirst()
                .orElseThrow();
    }
}
