package bulwark.tasks.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Signing;
import bulwark.tasks.events.QueueEvent;
import bulwark.tasks.events.QueueEvents;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Events of queues reach those who listen, in whichever process. */
@Timeout(60)
public abstract class QueueEventsContract {
    private static final Duration EVENT_TIMEOUT = Duration.ofSeconds(10);

    private final List<QueueEvent> heard = new CopyOnWriteArrayList<>();
    private TestStores testStores;
    private QueueEvents here;
    private QueueEvents there;

    protected abstract TestStores openStores();

    @BeforeEach
    public final void open() {
        testStores = openStores();
        here = new QueueEvents(testStores.stores().broker(), signing(1), Clock.systemUTC());
        there = new QueueEvents(testStores.another().broker(), signing(1), Clock.systemUTC());
    }

    @AfterEach
    public final void close() {
        testStores.close();
    }

    private static EnvelopeSigning signing(long seed) {
        byte[] key = new byte[32];
        new Random(seed).nextBytes(key);
        Map<String, String> keys = Map.of(
                "STEM_SIGNING_KEYS", "k:" + Base64.getEncoder().encodeToString(key), "STEM_SIGNING_ACTIVE_KEY", "k");
        return EnvelopeSigning.of(
                Configuration.read(TaskSettings.schema(), keys, Path.of("/nonexistent")), Signing.fastest());
    }

    private static ObjectNode json() {
        return JsonNodeFactory.instance.objectNode();
    }

    private void heardAre(String... names) {
        await().atMost(EVENT_TIMEOUT)
                .untilAsserted(
                        () -> assertThat(heard).extracting(QueueEvent::name).containsExactly(names));
    }

    @Test
    public void q01_an_emitted_event_is_received() {
        try (QueueEvents.EventSubscription listening = there.listen("orders")) {
            listening.all(heard::add);
            here.emit("orders", "created", json().put("n", 1), Map.of(), json());
            heardAre("created");
        }
        assertThat(heard.getFirst().payload()).hasToString("{\"n\":1}");
        assertThat(heard.getFirst().queue()).isEqualTo("orders");
        assertThat(heard.getFirst().signed()).isTrue();
    }

    @Test
    public void q02_events_of_other_queues_are_not_received() {
        try (QueueEvents.EventSubscription listening = there.listen("orders")) {
            listening.all(heard::add);
            here.emit("invoices", "created", json(), Map.of(), json());
            here.emit("orders", "paid", json(), Map.of(), json());
            heardAre("paid");
        }
    }

    @Test
    public void q03_a_listener_may_subscribe_to_one_name() {
        try (QueueEvents.EventSubscription listening = there.listen("orders")) {
            listening.on("paid", heard::add);
            here.emit("orders", "created", json(), Map.of(), json());
            here.emit("orders", "paid", json(), Map.of(), json());
            heardAre("paid");
        }
    }

    @Test
    public void q04_headers_and_meta_arrive() {
        try (QueueEvents.EventSubscription listening = there.listen("orders")) {
            listening.all(heard::add);
            here.emit("orders", "created", json(), Map.of("tenant", "acme"), json().put("source", "test"));
            heardAre("created");
        }
        assertThat(heard.getFirst().headers()).containsEntry("tenant", "acme");
        assertThat(heard.getFirst().meta().path("source").asString()).isEqualTo("test");
    }

    @Test
    public void q05_every_listener_receives_the_event() {
        List<QueueEvent> second = new CopyOnWriteArrayList<>();
        List<QueueEvent> third = new CopyOnWriteArrayList<>();
        try (QueueEvents.EventSubscription one = there.listen("orders");
                QueueEvents.EventSubscription two = here.listen("orders")) {
            one.all(heard::add).all(second::add);
            two.all(third::add);
            here.emit("orders", "created", json(), Map.of(), json());
            heardAre("created");
            await().atMost(EVENT_TIMEOUT).until(() -> second.size() == 1 && third.size() == 1);
        }
    }

    @Test
    public void an_unsigned_or_unverifiable_event_is_dropped() {
        try (QueueEvents.EventSubscription listening = there.listen("orders")) {
            listening.all(heard::add);
            new QueueEvents(testStores.stores().broker(), signing(2), Clock.systemUTC())
                    .emit("orders", "forged", json(), Map.of(), json());
            here.emit("orders", "created", json(), Map.of(), json());
            heardAre("created");
        }
    }
}
