package bulwark.tasks.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.handler.TaskOptions;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import bulwark.tasks.routing.Routing;
import bulwark.tasks.routing.RoutingFile;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

@Timeout(30)
class TaskClientTest {
    private static final Map<String, String> HMAC = Map.of(
            "STEM_SIGNING_KEYS", "primary:c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LTEyMzQ=",
            "STEM_SIGNING_ACTIVE_KEY", "primary");

    private final MemoryStores stores = new MemoryStores(Clock.systemUTC());
    private final Metrics metrics = new Metrics();
    private final EnvelopeSigning signing = signing(HMAC);
    private final TaskClient client = client(signing, Routing.withoutFile("default"));

    @AfterEach
    void close() {
        stores.close();
    }

    @Test
    void a_task_goes_out_signed_with_what_was_asked_for() throws Exception {
        Instant later = Instant.parse("2099-01-02T03:04:05.678901Z");
        client.enqueue(EnqueueRequest.named("billing.charge", args(1))
                .withQueue("billing")
                .withPriority(7)
                .withMaxRetries(4)
                .withExpires(later)
                .withHardTimeLimit(Duration.ofSeconds(9))
                .withVisibilityTimeout(Duration.ofSeconds(45))
                .withHeaders(Map.of("tenant", "acme")));
        Envelope sent = take("billing").getFirst();
        assertThat(signing.verify(sent)).isInstanceOf(EnvelopeSigning.Verdict.Valid.class);
        assertThat(sent.name()).isEqualTo("billing.charge");
        assertThat(sent.priority()).isEqualTo(7);
        assertThat(sent.maxRetries()).isEqualTo(4);
        assertThat(sent.visibilityTimeoutMs()).isEqualTo(45_000);
        assertThat(sent.headers()).containsEntry("tenant", "acme").containsEntry("stem-args-encoder", "json");
        assertThat(sent.meta().path("stem.task").stringValue()).isEqualTo("billing.charge");
        assertThat(sent.meta().path("stem.timeLimitMs").asLong()).isEqualTo(9_000);
        assertThat(sent.meta().path("stem.expiresAt").stringValue()).isEqualTo("2099-01-02T03:04:05.678901Z");
    }

    @Test
    void the_queued_status_is_visible_before_delivery() {
        String id = client.enqueue(EnqueueRequest.named("a", args(1)));
        assertThat(stores.results().get(id)).map(TaskStatus::state).contains(TaskState.QUEUED);
    }

    @Test
    void without_a_key_it_goes_out_unsigned() throws Exception {
        client(signing(Map.of()), Routing.withoutFile("default")).enqueue(EnqueueRequest.named("a", args(1)));
        assertThat(take("default").getFirst().headers()).doesNotContainKey(Envelope.SIGNATURE);
    }

    @Test
    void the_routing_file_decides_and_the_signature_covers_what_it_decided() throws Exception {
        Routing routing = RoutingFile.parse(
                "{queues: {default: {}, fast: {priority_range: [5, 6]}}, routes: [{match: {task: 'x.*'}, target: {name: fast}}]}",
                "default");
        client(signing, routing).enqueue(EnqueueRequest.named("x.y", args(1)).withPriority(9));
        Envelope sent = take("fast").getFirst();
        assertThat(sent.queue()).isEqualTo("fast");
        assertThat(sent.priority()).isEqualTo(6);
        assertThat(signing.verify(sent)).isInstanceOf(EnvelopeSigning.Verdict.Valid.class);
    }

    @Test
    void a_broadcast_reaches_every_subscriber() throws Exception {
        Routing routing = RoutingFile.parse(
                "{broadcasts: {news: {}}, routes: [{match: {task: n}, target: {type: broadcast, name: news}}]}",
                "default");
        Subscription listener = Subscription.toChannel("news", "l", Duration.ofSeconds(30));
        stores.broker().receive(listener, 1, Duration.ZERO);
        client(signing, routing).enqueue(EnqueueRequest.named("n", args(1)));
        List<ReceivedMessage> heard = stores.broker().receive(listener, 1, Duration.ofSeconds(5));
        assertThat(heard).hasSize(1);
        Envelope sent = ((ReceivedMessage.Delivery) heard.getFirst()).message().envelope();
        assertThat(sent.queue()).isEqualTo("news");
        assertThat(signing.verify(sent)).isInstanceOf(EnvelopeSigning.Verdict.Valid.class);
    }

    @Test
    void a_duplicate_of_a_unique_task_is_not_sent_and_the_first_id_is_returned() throws Exception {
        EnqueueRequest request = EnqueueRequest.named("report", args(1)).withUniqueFor(Duration.ofMinutes(1));
        String first = client.enqueue(request);
        String second = client.enqueue(request);
        String other = client.enqueue(request.withHeaders(Map.of("tenant", "b")));
        assertThat(second).isEqualTo(first).isNotEqualTo(other);
        assertThat(take("default")).hasSize(2);
        assertThat(metrics.scrape()).contains("stem_tasks_deduplicated_total{task=\"report\"} 1.0");
        TaskStatus status = stores.results().get(first).orElseThrow();
        assertThat(status.meta().path("stem.unique.duplicates").size()).isEqualTo(1);
        assertThat(status.meta().path("stem.unique.key").stringValue("")).hasSize(64);
        assertThat(stores.locks()
                        .ownerOf("stem:unique:"
                                + status.meta().path("stem.unique.key").stringValue("")))
                .contains(first);
    }

    @Test
    void what_a_request_leaves_open_is_as_the_author_of_the_handler_wrote_it() throws Exception {
        TaskOptions uniqueFirst = new TaskOptions(
                0,
                null,
                null,
                null,
                null,
                null,
                "tenant",
                true,
                true,
                Duration.ofHours(1),
                7,
                Duration.ofSeconds(5),
                null);
        TaskClient informed = new TaskClient(
                stores,
                signing,
                Routing.withoutFile("default"),
                metrics,
                name -> name.equals("uniq") ? uniqueFirst : TaskOptions.DEFAULT,
                new SettableClock(Instant.now()));
        EnqueueRequest equal = EnqueueRequest.named("uniq", args(1));

        String id = informed.enqueue(equal);
        assertThat(informed.enqueueAll(List.of(equal, equal, equal))).containsOnly(id);
        String other = informed.enqueue(equal.withUniqueKey("k").withPriority(2));

        List<Envelope> sent = take("default");
        assertThat(sent.stream().map(Envelope::id)).containsExactly(id, other);
        assertThat(sent.stream().map(Envelope::priority)).containsExactly(7, 2);
        assertThat(sent.getFirst().visibilityTimeoutMs()).isEqualTo(5_000);
        assertThat(sent.getFirst().meta().path("stem.unique.expiresAt").asString(""))
                .isNotEmpty();
    }

    @Test
    void a_unique_task_that_could_not_be_sent_leaves_no_lock() {
        EnqueueRequest request =
                EnqueueRequest.named("x", args(1)).withUniqueKey("k").withQueue("q");
        TaskClient broken = client(signing, Routing.withoutFile("default"));
        ObjectNode bad = JsonNodeFactory.instance.objectNode().put("v", Double.NaN);
        assertThatThrownBy(() -> broken.enqueue(EnqueueRequest.named("x", bad).withUniqueKey("k")))
                .isInstanceOf(RuntimeException.class);
        assertThat(stores.locks().ownerOf("stem:unique:k")).isEmpty();
        assertThat(broken.enqueue(request)).isNotEmpty();
    }

    @Test
    void a_batch_is_sent_in_order_and_its_ids_match() throws Exception {
        List<EnqueueRequest> calls = new ArrayList<>();
        for (int i = 0; i < 1_300; i++) {
            EnqueueRequest request = EnqueueRequest.named("bulk", args(i));
            calls.add(i % 600 == 7 ? request.withUniqueKey("u" + i) : request);
        }
        List<String> ids = client.enqueueAll(calls);
        assertThat(new HashSet<>(ids)).hasSize(1_300);
        List<Envelope> sent = take("default");
        assertThat(sent).hasSize(1_300);
        assertThat(sent.stream()
                        .filter(e -> e.meta().path("stem.unique.key").isMissingNode())
                        .map(e -> e.args().path("n").asInt()))
                .isSorted();
        for (int i = 0; i < ids.size(); i += 100) {
            String id = ids.get(i);
            int expected = i;
            assertThat(sent).anySatisfy(e -> {
                assertThat(e.id()).isEqualTo(id);
                assertThat(e.args().path("n").asInt()).isEqualTo(expected);
            });
        }
    }

    @Test
    void awaiting_a_result_sees_any_writer() throws Exception {
        String id = client.enqueue(EnqueueRequest.named("a", args(1)));
        CompletableFuture<TaskStatus> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return client.await(id, Duration.ofSeconds(20)).orElseThrow();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        stores.results().put(status(id, TaskState.RUNNING), null);
        stores.results().put(status(id, TaskState.SUCCEEDED), null);
        assertThat(waiting.get().state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void awaiting_ends_with_the_last_known_status() throws Exception {
        String id = client.enqueue(EnqueueRequest.named("a", args(1)));
        assertThat(client.await(id, Duration.ofMillis(50)))
                .map(TaskStatus::state)
                .contains(TaskState.QUEUED);
        assertThat(client.await("nobody", Duration.ofMillis(50))).isEmpty();
    }

    @Test
    void invalid_task_names_are_refused() {
        assertThatThrownBy(() -> client.enqueue(EnqueueRequest.named(" ", args(1))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.enqueue(EnqueueRequest.named("a\nb", args(1))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_envelope_that_no_consumer_accepts_is_refused_by_the_producer() {
        String half = "\ud83d";
        List<EnqueueRequest> calls = List.of(
                EnqueueRequest.named("a" + half, args(1)),
                EnqueueRequest.named("a", args(1).put("deep", half)),
                EnqueueRequest.named("a", args(1).put("huge", BigInteger.TWO.pow(64))),
                EnqueueRequest.named("a", args(1).put("none", Double.NaN)),
                EnqueueRequest.named("a", args(1)).withHeaders(Map.of("x", half)),
                EnqueueRequest.named("a", args(1)).withQueue(half));
        for (EnqueueRequest request : calls) {
            assertThatThrownBy(() -> client.enqueue(request)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(stores.broker().queues()).isEmpty();
        assertThat(client.enqueue(EnqueueRequest.named("a", args(1).put("whole", "\ud83d\ude00"))))
                .isNotEmpty();
    }

    private TaskClient client(EnvelopeSigning keys, Routing routing) {
        return new TaskClient(stores, keys, routing, metrics, new SettableClock(Instant.now()));
    }

    private List<Envelope> take(String queue) throws InterruptedException {
        Subscription subscription = Subscription.toQueue(queue, "test", Duration.ofSeconds(30));
        List<Envelope> all = new ArrayList<>();
        List<ReceivedMessage> some = stores.broker().receive(subscription, 5_000, Duration.ofMillis(200));
        while (!some.isEmpty()) {
            some.forEach(message ->
                    all.add(((ReceivedMessage.Delivery) message).message().envelope()));
            some = stores.broker().receive(subscription, 5_000, Duration.ofMillis(200));
        }
        return all;
    }

    private static EnvelopeSigning signing(Map<String, String> environment) {
        return EnvelopeSigning.of(
                Configuration.read(TaskSettings.schema(), environment, Path.of("/nonexistent")), Signing.fastest());
    }

    private static TaskStatus status(String id, TaskState state) {
        return new TaskStatus(
                id, state, null, null, JsonNodeFactory.instance.objectNode(), 0, Instant.now(), Instant.now());
    }

    private static ObjectNode args(int n) {
        return JsonNodeFactory.instance.objectNode().put("n", n);
    }

    @Test
    void a_call_that_no_consumer_would_accept_is_refused_by_the_producer() {
        EnqueueRequest request = EnqueueRequest.named("demo.echo", JsonNodeFactory.instance.objectNode());
        JsonNode deep = JsonNodeFactory.instance.numberNode(1);
        for (int i = 0; i < 95; i++) {
            deep = JsonNodeFactory.instance.arrayNode().add(deep);
        }
        JsonNode tooDeep = deep;

        assertRefused(() -> client.enqueue(request.withMaxRetries(-5)), "maxRetries");
        assertRefused(() -> client.enqueue(request.withQueue("x:p3")), "queue");
        assertRefused(() -> client.enqueue(request.withHardTimeLimit(Duration.ofDays(400_000))), "stem.timeLimitMs");
        assertRefused(
                () -> client.enqueue(request.withSoftTimeLimit(Duration.ofDays(400_000))), "stem.softTimeLimitMs");
        assertRefused(() -> client.enqueue(request.withVisibilityTimeout(Duration.ofMillis(-1))), "visibilityTimeout");
        assertRefused(
                () -> client.enqueue(EnqueueRequest.named(
                        "demo.echo", JsonNodeFactory.instance.objectNode().set("deep", tooDeep))),
                "nested deeper");
        assertRefused(
                () -> client.enqueue(EnqueueRequest.named(
                        "demo.echo", JsonNodeFactory.instance.objectNode().putPOJO("x", new Object()))),
                "args");
        assertThat(stores.broker().counts("x:p3").pending()).isZero();
    }

    private static void assertRefused(ThrowingCallable send, String field) {
        assertThatThrownBy(send).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }
}
