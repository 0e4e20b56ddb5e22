package bulwark.tasks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.FieldText;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.contract.Examples;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.params.XAddParams;

/** Entries that somebody else wrote: malformed, planted, or of many megabytes. */
@Timeout(60)
class RedisHostileEntriesTest extends RedisWireTestBase {
    @Test
    void malformed_entries_do_not_stop_their_neighbours() throws InterruptedException {
        jedis.xadd("stem:stream:mail", XAddParams.xAddParams(), Map.of("name", "x".repeat(9_000)));
        jedis.zadd("stem:delayed:mail", 1, "no json");
        jedis.zadd("stem:delayed:mail", 1, "{\"id\":1}");
        broker.publish(List.of(Examples.publication(Examples.envelope("mail"))));
        List<ReceivedMessage> got = new java.util.ArrayList<>();
        while (got.size() < 4) {
            got.addAll(take("mail", 10));
        }
        assertThat(got).filteredOn(ReceivedMessage.Delivery.class::isInstance).hasSize(1);
        List<Settlement> settlements = got.stream()
                .filter(ReceivedMessage.Malformed.class::isInstance)
                .map(ReceivedMessage.Malformed.class::cast)
                .map(each -> (Settlement) new Settlement.Reject(
                        each.receipt(),
                        new Settlement.Content.RawFields(each.fields()),
                        "mail",
                        "malformed",
                        Map.of("error", each.reason()),
                        null,
                        "nothing"))
                .toList();
        assertThat(broker.settle(settlements)).containsExactly(true, true, true);
        assertThat(broker.deadLetters().page("mail", 0, 10, null).deadLetters())
                .extracting(DeadLetter::fields)
                .contains(Map.of("delayed", "no json"))
                .contains(Map.of("name", "x".repeat(9_000)));
    }

    @Test
    void a_malformed_entry_keeps_its_bytes_and_goes_back_as_it_was_when_it_is_named() throws InterruptedException {
        byte[] binary = {(byte) 0xFF, 0, (byte) 0xC3, 7};
        Map<byte[], byte[]> entry = new java.util.LinkedHashMap<>();
        entry.put("id".getBytes(StandardCharsets.UTF_8), "task-1".getBytes(StandardCharsets.UTF_8));
        entry.put("args".getBytes(StandardCharsets.UTF_8), binary);
        entry.put("pad".getBytes(StandardCharsets.UTF_8), "é".repeat(50_000).getBytes(StandardCharsets.UTF_8));
        byte[] stream = "stem:stream:mail".getBytes(StandardCharsets.UTF_8);
        jedis.xadd(stream, XAddParams.xAddParams(), entry);
        ReceivedMessage.Malformed malformed =
                (ReceivedMessage.Malformed) take("mail", 10).getFirst();
        assertThat(malformed.claimedTaskId()).isEqualTo("task-1");
        broker.settle(List.of(new Settlement.Reject(
                malformed.receipt(),
                new Settlement.Content.RawFields(malformed.fields()),
                "mail",
                "malformed-envelope",
                Map.of(),
                null,
                "nothing")));

        DeadLetter kept = broker.deadLetters()
                .one("mail", new DeadLetter.OfTask("task-1"))
                .orElseThrow();
        assertThat(FieldText.bytes(kept.fields().get("args"))).isEqualTo(binary);
        assertThat(FieldText.isBinary(kept.fields().get("args"))).isTrue();
        assertThat(kept.fields().get("pad")).hasSize(50_000);
        assertThat(broker.deadLetters()
                        .replay(
                                "mail",
                                new DeadLetter.Replay(10, null, Duration.ZERO, new DeadLetter.OfTask("task-1"), false),
                                m -> m))
                .hasSize(1);

        assertThat(((ReceivedMessage.Malformed) take("mail", 10).getFirst()).fields())
                .isEqualTo(malformed.fields());
        assertThat(broker.counts("mail").dead()).isZero();
    }

    @Test
    void an_entry_of_many_megabytes_is_cut_before_it_fills_the_memory_and_its_neighbour_is_read()
            throws InterruptedException {
        jedis.xadd(
                "stem:stream:mail",
                XAddParams.xAddParams(),
                Map.of("name", "x".repeat(40 << 20), "id", "task-1", "args", "y".repeat(20 << 20)));
        broker.publish(List.of(Examples.publication(Examples.envelope("mail"))));
        List<ReceivedMessage> got = new java.util.ArrayList<>();
        while (got.size() < 2) {
            got.addAll(take("mail", 10));
        }
        assertThat(got).filteredOn(ReceivedMessage.Delivery.class::isInstance).hasSize(1);
        assertThat(got)
                .filteredOn(ReceivedMessage.Malformed.class::isInstance)
                .singleElement()
                .isInstanceOfSatisfying(
                        ReceivedMessage.Malformed.class,
                        malformed -> assertThat(malformed.fields().values().stream()
                                        .mapToInt(String::length)
                                        .sum())
                                .isLessThan(2 << 20));
    }

    @Test
    void entries_that_are_too_long_to_be_read_together_come_in_parts_and_hold_up_no_neighbour()
            throws InterruptedException {
        Subscription consumer = Subscription.toQueue("mail", "one", Duration.ofMillis(300));
        Map<String, String> tiny = new java.util.HashMap<>();
        for (int i = 0; i < 500_000; i++) {
            tiny.put("f" + i, "");
        }
        jedis.xadd("stem:stream:mail", XAddParams.xAddParams(), tiny);
        for (int i = 0; i < 11; i++) {
            jedis.xadd("stem:stream:mail", XAddParams.xAddParams(), Map.of("name", "x".repeat(4 << 20)));
        }
        broker.publish(List.of(Examples.publication(Examples.envelope("mail"))));
        assertThat(broker.receive(consumer, 10, Duration.ofSeconds(5))).isEmpty();
        Map<String, ReceivedMessage> got = new java.util.HashMap<>();
        while (got.size() < 13) {
            for (ReceivedMessage message : broker.receive(consumer, 10, Duration.ofMillis(200))) {
                if (got.put(message.receipt().entryId(), message) == null
                        && message instanceof ReceivedMessage.Malformed malformed) {
                    broker.settle(List.of(new Settlement.Reject(
                            malformed.receipt(),
                            new Settlement.Content.RawFields(Map.of()),
                            "mail",
                            "malformed-envelope",
                            Map.of(),
                            null,
                            "nothing")));
                }
            }
        }
        assertThat(got.values())
                .filteredOn(ReceivedMessage.Delivery.class::isInstance)
                .hasSize(1);
    }

    @Test
    void planted_deaths_of_many_megabytes_are_not_read_and_not_kept() throws InterruptedException {
        broker.publish(List.of(Examples.publication(Examples.envelope("mail"))));
        Subscription silent = Subscription.toQueue("mail", "silent", Duration.ofMillis(50));
        Receipt held =
                broker.receive(silent, 1, Duration.ofSeconds(5)).getFirst().receipt();
        String deaths = held.stream().replaceFirst(":stream:", ":deaths:");
        jedis.hset(deaths, held.entryId(), "1\t1\tworker\n".repeat(1_000_000));
        List<ReceivedMessage> got = new java.util.ArrayList<>();
        while (got.isEmpty()) {
            got.addAll(broker.receive(
                    Subscription.toQueue("mail", "next", Duration.ofMillis(50)), 1, Duration.ofMillis(100)));
        }
        assertThat(got.getFirst().deaths()).hasSize(HolderDeath.MAX_KEPT);
        assertThat(got.getFirst().deaths().getLast().worker()).isEqualTo("silent");
        assertThat(jedis.hget(deaths, held.entryId())).hasSizeLessThanOrEqualTo(HolderDeath.MAX_LINES_CHARS);
    }

    @Test
    void unreadable_dead_letters_are_listed_and_kept() {
        jedis.lpush("stem:dead:mail", "no json", "{\"envelope\":{\"id\":1},\"reason\":\"r\"}");
        assertThat(broker.deadLetters().page("mail", 0, 10, null).deadLetters())
                .extracting(DeadLetter::message)
                .containsExactly(null, null);
        assertThat(broker.deadLetters()
                        .replay("mail", new DeadLetter.Replay(10, null, Duration.ZERO, null, false), m -> m))
                .isEmpty();
        assertThat(broker.counts("mail").dead()).isEqualTo(2);
    }
}
