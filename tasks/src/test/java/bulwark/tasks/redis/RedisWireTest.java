package bulwark.tasks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Publication;
import bulwark.tasks.broker.QueueCounts;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.UniqueLock;
import bulwark.tasks.contract.Examples;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.envelope.EnvelopeCodec;
import bulwark.tasks.envelope.Message;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.results.TaskState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.params.XAddParams;

/** What lies in Redis, byte for byte, and what we make of the states of a server. */
@Timeout(60)
class RedisWireTest extends RedisWireTestBase {
    @Test
    void a_published_task_is_a_stream_entry_of_flat_fields_and_a_status() {
        Envelope envelope = Examples.envelope("mail", 7, null);
        broker.publish(List.of(Examples.publication(envelope)));
        Map<String, String> fields =
                jedis.xrange("stem:stream:mail:p7", "-", "+").getFirst().getFields();
        assertThat(fields).isEqualTo(EnvelopeCodec.fields(Message.fresh(envelope)));
        String key = "stem:result:" + envelope.id();
        assertThat(jedis.get(key)).startsWith("{\"id\":\"" + envelope.id() + "\",\"state\":\"queued\"");
        assertThat(jedis.pttl(key)).isBetween(86_000_000L, 86_400_000L);
    }

    @Test
    void a_delayed_task_is_json_under_its_time_and_keeps_the_priority_of_its_placement() throws InterruptedException {
        Envelope envelope = Examples.envelope("mail", 2, null);
        Instant due = Examples.now().plusMillis(400);
        broker.publish(List.of(new Publication(Message.fresh(envelope), "mail", 9, due, true)));
        var member = jedis.zrangeWithScores("stem:delayed:mail", 0, -1).getFirst();
        assertThat((long) member.getScore()).isEqualTo(due.toEpochMilli());
        assertThat(EnvelopeCodec.ofJson(member.getElement()).envelope()).isEqualTo(envelope);
        ReceivedMessage got = take("mail", 1).getFirst();
        assertThat(got.receipt().stream()).isEqualTo("stem:stream:mail:p9");
        assertThat(Examples.message(got).envelope()).isEqualTo(envelope);
    }

    @Test
    void a_task_of_the_original_program_runs_and_its_result_is_kept() throws InterruptedException {
        Envelope envelope = Examples.envelope("mail");
        jedis.xadd("stem:stream:mail", XAddParams.xAddParams(), EnvelopeCodec.fields(Message.fresh(envelope)));
        jedis.set(
                "stem:result:" + envelope.id(),
                "{\"state\" : \"running\", \"id\":\"x\", \"meta\":{\"stem.fence\":\"1-0:1\",\"lastReplayAt\":\"x\"},"
                        + "\"createdAt\":\"2026-01-02T03:04:05.678Z\"}");
        ReceivedMessage got = take("mail", 1).getFirst();
        broker.begin(List.of(Examples.start(got)));
        broker.settle(List.of(Examples.ack(got)));
        var status = stores.results().get(envelope.id()).orElseThrow();
        assertThat(status.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.createdAt()).isEqualTo("2026-01-02T03:04:05.678Z");
    }

    @Test
    void a_dead_letter_is_json_at_the_head_of_a_list() throws InterruptedException {
        Envelope envelope = Examples.envelope("mail");
        broker.publish(List.of(Examples.publication(envelope)));
        broker.settle(List.of(Examples.reject(take("mail", 1).getFirst(), "max-retries-exhausted")));
        assertThat(jedis.lindex("stem:dead:mail", 0))
                .startsWith("{\"envelope\":" + EnvelopeCodec.json(Message.fresh(envelope))
                        + ",\"reason\":\"max-retries-exhausted\",\"meta\":{\"error\":\"boom\"},\"deadAt\":\"");
    }

    @Test
    void finished_entries_are_forgotten_while_the_lag_stays_right() throws InterruptedException {
        var mine = Examples.longSubscription("mail");
        int waves = 12;
        int each = 1_000;
        for (int wave = 0; wave < waves; wave++) {
            broker.publish(IntStream.range(0, each)
                    .mapToObj(i -> new Publication(Message.fresh(Examples.envelope("mail")), "mail", 0, null, false))
                    .toList());
            for (int taken = 0; taken < each; ) {
                List<ReceivedMessage> got = broker.receive(mine, 500, Duration.ofSeconds(5));
                taken += got.size();
                broker.settle(got.stream()
                        .map(message -> (Settlement) new Settlement.Ack(message.receipt(), null))
                        .toList());
            }
        }
        assertThat(jedis.xlen("stem:stream:mail")).isLessThan(7_000);
        assertThat(broker.counts("mail")).isEqualTo(new QueueCounts(0, 0, 0, 0));
        broker.publish(List.of(Examples.publication(Examples.envelope("mail"))));
        assertThat(broker.counts("mail").pending()).isEqualTo(1);
        assertThat(jedis.xinfoGroups("stem:stream:mail").getFirst().getLastDeliveredId())
                .isNotEqualTo(new StreamEntryID());
    }

    @Test
    void pending_is_counted_even_where_the_server_lost_its_lag() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            broker.publish(List.of(Examples.publication(Examples.envelope("mail"))));
        }
        ReceivedMessage got = take("mail", 1).getFirst();
        broker.settle(List.of(Examples.ack(got)));
        jedis.xdel("stem:stream:mail", new StreamEntryID(got.receipt().entryId()));
        assertThat(broker.counts("mail")).isEqualTo(new QueueCounts(2, 0, 0, 0));
    }

    @Test
    void inspecting_queues_creates_no_keys() {
        broker.counts("mail");
        broker.deadLetters().page("mail", 0, 10, null);
        broker.queues();
        assertThat(jedis.keys("*")).isEmpty();
    }

    @Test
    void closing_a_consumer_deletes_its_broadcast_group() throws InterruptedException {
        var mine = bulwark.tasks.broker.Subscription.toChannel("news", "me", Examples.LONG_LEASE);
        broker.receive(mine, 1, Duration.ZERO);
        assertThat(jedis.xinfoGroups("stem:broadcast:news")).hasSize(1);
        stores.close();
        assertThat(jedis.xinfoGroups("stem:broadcast:news")).isEmpty();
    }

    @Test
    void a_failed_broadcast_is_redelivered_to_its_own_consumer_only() throws InterruptedException {
        var mine = bulwark.tasks.broker.Subscription.toChannel("news", "me", Examples.LONG_LEASE);
        var yours = bulwark.tasks.broker.Subscription.toChannel("news", "you", Examples.LONG_LEASE);
        broker.receive(mine, 1, Duration.ZERO);
        broker.receive(yours, 1, Duration.ZERO);
        broker.broadcast("news", Examples.envelope("news"));
        ReceivedMessage first = broker.receive(mine, 1, Duration.ofSeconds(5)).getFirst();
        Instant later = Instant.now().plusMillis(300);
        assertThat(broker.settle(List.of(Examples.requeue(first, Examples.message(first), later))))
                .containsExactly(true);
        ReceivedMessage second = broker.receive(mine, 1, Duration.ofSeconds(5)).getFirst();
        assertThat(Instant.now()).isAfterOrEqualTo(later);
        assertThat(Examples.id(second)).isEqualTo(Examples.id(first));
        assertThat(second.receipt().token()).isGreaterThan(first.receipt().token());
        assertThat(broker.settle(List.of(Examples.ack(second)))).containsExactly(true);
        assertThat(broker.receive(yours, 10, Duration.ofMillis(300))).hasSize(1);
    }

    @Test
    void an_evicting_server_is_refused_and_one_without_persistence_is_warned_of() {
        assertThat(broker.durabilityWarnings())
                .extracting(Broker.DurabilityWarning::fatal)
                .containsExactly(false);
        jedis.configSet("maxmemory-policy", "allkeys-lru");
        try {
            assertThat(broker.durabilityWarnings())
                    .extracting(Broker.DurabilityWarning::fatal)
                    .containsExactly(true, false);
        } finally {
            jedis.configSet("maxmemory-policy", "noeviction");
        }
    }

    @Test
    void a_full_server_takes_no_new_task_and_lets_those_that_it_has_end() throws InterruptedException {
        broker.publish(List.of(Examples.publication(Examples.envelope("mail"))));
        ReceivedMessage got = take("mail", 1).getFirst();
        jedis.configSet("maxmemory", "1");
        try {
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> broker.publish(List.of(Examples.publication(Examples.envelope("mail")))))
                    .hasMessageContaining("out of memory");
            assertThat(broker.settle(List.of(Examples.ack(got)))).containsExactly(true);
        } finally {
            jedis.configSet("maxmemory", "0");
        }
        assertThat(broker.counts("mail").inFlight()).isZero();
    }

    @Test
    void a_user_with_a_password_and_a_database_of_the_url_are_used() {
        jedis.aclSetUser("o'neill", "on", ">p@ss:w%rd", "~*", "&*", "+@all");
        try (RedisStores own = RedisStores.open(
                "redis://o'neill:p%40ss%3Aw%25rd@127.0.0.1:" + server.port() + "/3",
                null,
                "stem",
                ResultBackend.DEFAULT_RETENTION,
                Clock.systemUTC())) {
            own.broker().publish(List.of(Examples.publication(Examples.envelope("mail"))));
            jedis.select(3);
            assertThat(jedis.xlen("stem:stream:mail")).isEqualTo(1);
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> RedisStores.open(
                        "redis://o'neill:hunter2@127.0.0.1:" + server.port(),
                        null,
                        "stem",
                        ResultBackend.DEFAULT_RETENTION,
                        Clock.systemUTC()))
                .hasMessageContaining("does not accept user and password")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void scripts_that_the_server_forgot_are_sent_again() {
        jedis.scriptFlush();
        assertThat(stores.locks().acquire("k", "a", Duration.ofSeconds(5))).isTrue();
        jedis.scriptFlush();
        assertThat(stores.locks().renew("k", "a", Duration.ofSeconds(5))).isTrue();
    }

    @Test
    void two_consumers_that_reclaim_an_expired_lease_never_both_settle() throws InterruptedException {
        int count = 60;
        Random random = new Random(7);
        broker.publish(IntStream.range(0, count)
                .mapToObj(i -> Examples.publication(Examples.envelope("mail", random.nextInt(10), null)))
                .toList());
        var settled = new java.util.concurrent.ConcurrentLinkedQueue<String>();
        try (RedisStores rival =
                RedisStores.open(server.url(), null, "stem", ResultBackend.DEFAULT_RETENTION, Clock.systemUTC())) {
            List<Thread> thieves = List.of(broker, rival.broker()).stream()
                    .map(from -> Thread.ofVirtual().start(() -> steal(from, settled, count)))
                    .toList();
            for (Thread thief : thieves) {
                thief.join();
            }
        }
        assertThat(settled).hasSize(count).doesNotHaveDuplicates();
        assertThat(broker.counts("mail")).isEqualTo(new QueueCounts(0, 0, 0, 0));
    }

    /** Holds what it took for about as long as the lease, so that either may come first. */
    private static void steal(Broker from, java.util.Queue<String> settled, int count) {
        var mine = bulwark.tasks.broker.Subscription.toQueue(
                "mail", "thief-" + java.util.UUID.randomUUID(), Duration.ofMillis(60));
        Random random = new Random(mine.consumer().hashCode());
        try {
            while (settled.size() < count) {
                for (ReceivedMessage each : from.receive(mine, 10, Duration.ofMillis(20))) {
                    java.util.concurrent.locks.LockSupport.parkNanos(random.nextInt(12) * 1_000_000L);
                    if (from.settle(List.of(Examples.ack(each))).getFirst()) {
                        settled.add(Examples.id(each));
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void a_long_list_of_dead_letters_is_purged_page_by_page() throws Exception {
        broker.publish(List.of(Examples.publication(Examples.envelope("q"))));
        broker.settle(List.of(Examples.reject(take("q", 1).getFirst(), "max-retries-exhausted")));
        String letter = jedis.lindex("stem:dead:q", 0);
        jedis.lpush("stem:dead:q", Stream.generate(() -> letter).limit(1_699).toArray(String[]::new));

        assertThat(broker.deadLetters().purge("q", 1_150, Instant.EPOCH)).isEqualTo(1_150);
        assertThat(broker.deadLetters().purge("q", null, Instant.now().plusSeconds(60)))
                .isZero();
        assertThat(broker.deadLetters().purge("q", null, Instant.EPOCH)).isEqualTo(550);
        assertThat(broker.counts("q").dead()).isZero();
    }

    @Test
    void a_task_is_known_for_as_long_as_it_was_set_from_its_first_status_on() {
        Duration retention = Duration.ofMinutes(2);
        try (RedisStores brief = RedisStores.open(server.url(), null, "brief", retention, Clock.systemUTC())) {
            Envelope sent = Examples.envelope("q");
            Envelope unique = Examples.envelope("q");
            brief.broker().publish(List.of(Examples.publication(sent)));
            brief.broker().publishUnique(new UniqueLock("k", Duration.ofHours(1)), Examples.publication(unique));

            for (Envelope each : List.of(sent, unique)) {
                assertThat(jedis.pttl("brief:result:" + each.id())).isBetween(1L, retention.toMillis());
            }
        }
    }
}
