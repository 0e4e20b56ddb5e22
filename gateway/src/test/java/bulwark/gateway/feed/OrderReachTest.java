package bulwark.gateway.feed;

import static bulwark.gateway.feed.LinkFixture.ORDERS;
import static bulwark.gateway.feed.LinkFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.gateway.Gateway;
import bulwark.gateway.control.ControlFixture.Answer;
import bulwark.kernel.json.StrictJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is taken away at the control plane is refused at every gateway, and how soon. */
@Timeout(300)
class OrderReachTest {
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private static final int ORDERS_TO_PUSH = 5;
    /** A third of the time that an open request waits. */
    private static final Duration MAX_PUSH = Duration.ofSeconds(8);

    @TempDir
    private Path folder;

    private LinkFixture link;
    private TcpRelay relay;
    private List<Gateway> gateways;

    @BeforeEach
    void start() throws Exception {
        link = new LinkFixture(folder);
        relay = new TcpRelay(link.control.plane.port());
        Gateway first = link.gateway("first", Map.of());
        Gateway second = link.gateway("second", Map.of("STOA_CONTROL_PLANE_URL", relay.url()));
        gateways = List.of(first, second);
        for (Gateway gateway : gateways) {
            eventually(204, () -> link.callWith(gateway, link.key));
        }
    }

    @AfterEach
    void stop() throws Exception {
        relay.close();
        link.close();
    }

    /** Something that may be called until it is taken away. */
    private interface Caller {
        int call(Gateway gateway) throws Exception;
    }

    /** Takes something away. */
    private interface Order {
        void give() throws Exception;
    }

    /** Until the last gateway refuses. */
    private Duration reach(Order order, Caller caller) throws Exception {
        for (Gateway gateway : gateways) {
            assertThat(caller.call(gateway)).isEqualTo(204);
        }
        order.give();
        long given = System.nanoTime();
        for (Gateway gateway : gateways) {
            eventually(401, () -> caller.call(gateway));
        }
        return Duration.ofNanos(System.nanoTime() - given);
    }

    private Caller bearer(String subject) {
        List<Map<String, String>> tokens = List.of(
                Map.of("Authorization", "Bearer " + link.token("first", subject)),
                Map.of("Authorization", "Bearer " + link.token("second", subject)));
        return gateway ->
                link.get(gateway, ORDERS, tokens.get(gateways.indexOf(gateway))).statusCode();
    }

    private Order revokes(String claim, String value) {
        return () -> link.control
                .operator("POST", "/v1/revocations", Map.of(claim, value))
                .is(201);
    }

    private Answer subscription(String consumer) throws Exception {
        return link.control
                .subscribe("acme", link.api, link.plan, link.control.consumer("acme", consumer))
                .is(201);
    }

    private Caller keyOf(Answer subscription) {
        String key = subscription.text("api_key");
        for (Gateway gateway : gateways) {
            eventually(204, () -> link.callWith(gateway, key));
        }
        return gateway -> link.callWith(gateway, key);
    }

    private Order posts(String path) {
        return () -> link.control.admin("acme", "POST", path).is(200);
    }

    private static Duration median(List<Duration> all) {
        return all.stream().sorted().toList().get(all.size() / 2);
    }

    @Test
    void whatever_is_taken_away_is_refused_at_every_gateway_within_a_second() throws Exception {
        List<Duration> taken = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            String subject = "ann-" + round;
            taken.add(reach(revokes("sub", subject), bearer(subject)));
            Answer suspended = subscription("suspended-" + round);
            taken.add(reach(posts("/v1/subscriptions/" + suspended.text("id") + "/suspend"), keyOf(suspended)));
            Answer revoked = subscription("revoked-" + round);
            taken.add(reach(posts("/v1/subscriptions/" + revoked.text("id") + "/revoke"), keyOf(revoked)));
            Answer blocked = subscription("blocked-" + round);
            taken.add(reach(posts("/v1/consumers/acme/" + blocked.text("consumer_id") + "/block"), keyOf(blocked)));
        }
        assertThat(median(taken)).as("%s", taken).isLessThan(ONE_SECOND);
    }

    @Test
    void a_token_is_refused_everywhere_by_its_id_and_by_its_client_too() throws Exception {
        List<String> tokens = List.of(link.token("first", "bob"), link.token("second", "bob"));
        Caller caller = gateway -> link.get(
                        gateway, ORDERS, Map.of("Authorization", "Bearer " + tokens.get(gateways.indexOf(gateway))))
                .statusCode();
        reach(
                () -> {
                    for (String token : tokens) {
                        revokes("jti", claim(token, "jti")).give();
                    }
                },
                caller);
        String client = claim(tokens.getFirst(), "azp");
        reach(revokes("client_id", client), bearer("carol"));
    }

    private static String claim(String token, String name) {
        return StrictJson.parse(Base64.getUrlDecoder().decode(token.split("\\.")[1]))
                .path(name)
                .stringValue();
    }

    /**
     * A gateway waits with an open request of 25 seconds, which an order answers long before its end. This one sends no heartbeat meanwhile, so that it asks for nothing else: were it to ask at
     * intervals, bytes of a question would come before the answer.
     */
    @Test
    void an_order_is_pushed_and_not_asked_for() throws Exception {
        try (TcpRelay quiet = new TcpRelay(link.control.plane.port())) {
            Gateway gateway = link.gateway(
                    "quiet", Map.of("STOA_CONTROL_PLANE_URL", quiet.url(), "STOA_HEARTBEAT_INTERVAL_SECS", "3600"));
            eventually(204, () -> link.callWith(gateway, link.key));
            int pushes = 0;
            for (int i = 0; i < ORDERS_TO_PUSH; i++) {
                eventually("synced", () -> link.syncStatus("quiet"));
                int answers = quiet.askedAtAnswers.size();
                long before = quiet.asked.get();
                revokes("sub", "nobody-" + i).give();
                await().atMost(MAX_PUSH).until(() -> quiet.askedAtAnswers.size() > answers);
                pushes += quiet.askedAtAnswers.get(answers) == before ? 1 : 0;
            }
            // The next question may have been on its way when an order was given, and no more than that.
            assertThat(pushes).isGreaterThan(ORDERS_TO_PUSH / 2);
        }
    }

    @Test
    void after_a_connection_was_cut_an_order_still_arrives_by_itself() throws Exception {
        List<Duration> taken = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            String subject = "eve-" + round;
            Order order = revokes("sub", subject);
            taken.add(reach(
                    () -> {
                        relay.cut(false);
                        order.give();
                    },
                    bearer(subject)));
        }
        assertThat(median(taken)).as("%s", taken).isLessThan(ONE_SECOND);
    }

    @Test
    void what_was_ordered_while_nobody_was_reached_arrives_with_the_connection() throws Exception {
        Caller caller = bearer("ann");
        for (Gateway gateway : gateways) {
            assertThat(caller.call(gateway)).isEqualTo(204);
        }
        relay.cut(true);
        revokes("sub", "ann").give();
        eventually(401, () -> caller.call(gateways.getFirst()));
        assertThat(caller.call(gateways.getLast())).isEqualTo(204);
        relay.cut(false);
        eventually(401, () -> caller.call(gateways.getLast()));
    }

    /** The end of a grace travels with the key, so that no gateway waits for news of it. */
    @Test
    void a_rotated_key_ends_everywhere_at_the_end_of_its_grace_whether_anybody_is_reached_or_not() throws Exception {
        Answer rotated = link.control
                .admin(
                        "acme",
                        "POST",
                        "/v1/subscriptions/" + link.subscription + "/rotate-key",
                        Map.of("grace_period_hours", 1))
                .is(200);
        for (Gateway gateway : gateways) {
            eventually(204, () -> link.callWith(gateway, rotated.text("new_api_key")));
            assertThat(link.callWith(gateway, link.key)).as("in its grace").isEqualTo(204);
        }
        relay.cut(true);
        link.control.clock.advance(Duration.ofHours(1).plusSeconds(1));
        for (Gateway gateway : gateways) {
            assertThat(link.callWith(gateway, link.key)).isEqualTo(401);
            assertThat(link.callWith(gateway, rotated.text("new_api_key"))).isEqualTo(204);
        }
    }
}
