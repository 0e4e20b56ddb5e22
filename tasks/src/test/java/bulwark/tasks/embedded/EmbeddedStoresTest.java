package bulwark.tasks.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.DeadLetter;
import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Settlement;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.contract.Examples;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.results.TaskState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is the file's own affair. */
@Timeout(60)
class EmbeddedStoresTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(START);

    private Path file() {
        return folder.resolve("tasks.db");
    }

    private EmbeddedStores open() {
        return EmbeddedStores.openExclusive(file(), clock);
    }

    private static List<String> take(Broker broker, String queue, int max) throws InterruptedException {
        return broker.receive(Examples.longSubscription(queue), max, Duration.ZERO).stream()
                .map(Examples::id)
                .toList();
    }

    @Test
    void delayed_tasks_come_in_the_order_of_their_times_each_when_it_is_due() throws InterruptedException {
        try (EmbeddedStores stores = open()) {
            Broker broker = stores.broker();
            Random random = new Random(7);
            TreeMap<Instant, String> byTime = new TreeMap<>();
            while (byTime.size() < 200) {
                Instant due = START.plusMillis(1 + random.nextInt(100_000));
                if (!byTime.containsKey(due)) {
                    Envelope envelope = Examples.envelope("q", 0, due);
                    byTime.put(due, envelope.id());
                    broker.publish(List.of(Examples.publication(envelope)));
                }
            }
            for (Instant due : new ArrayList<>(byTime.keySet()).subList(0, 50)) {
                clock.set(due.minusMillis(1));
                assertThat(take(broker, "q", 10)).isEmpty();
                clock.set(due);
                assertThat(take(broker, "q", 10)).containsExactly(byTime.get(due));
            }
            clock.set(START.plusSeconds(100));
            // The leases of the first fifty have ended too, and nobody waits longer than they do.
            List<String> rest = new ArrayList<>(take(broker, "q", 200));
            rest.removeAll(new ArrayList<>(byTime.values()).subList(0, 50));
            assertThat(rest).containsExactlyElementsOf(new ArrayList<>(byTime.values()).subList(50, 200));
        }
    }

    @Test
    void a_waiter_is_woken_when_the_clock_reaches_the_time() throws Exception {
        try (EmbeddedStores stores = open()) {
            Envelope envelope = Examples.envelope("q", 0, START.plusSeconds(3_600));
            stores.broker().publish(List.of(Examples.publication(envelope)));
            Subscription subscription = Examples.longSubscription("q");
            var waiting = CompletableFuture.supplyAsync(() -> {
                try {
                    return stores.broker().receive(subscription, 1, Duration.ofSeconds(5));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            clock.advance(Duration.ofHours(1));
            assertThat(waiting.get()).extracting(Examples::id).containsExactly(envelope.id());
        }
    }

    @Test
    void entry_ids_grow_across_restarts_also_when_the_clock_goes_back() throws InterruptedException {
        List<FencingToken> tokens = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            try (EmbeddedStores stores = open()) {
                for (int j = 0; j < 3; j++) {
                    stores.broker().publish(List.of(Examples.publication(Examples.envelope("q"))));
                    ReceivedMessage taken = stores.broker()
                            .receive(Examples.longSubscription("q"), 1, Duration.ZERO)
                            .getFirst();
                    tokens.add(taken.receipt().token());
                    stores.broker().settle(List.of(Examples.ack(taken)));
                }
            }
            clock.advance(Duration.ofHours(-1));
        }
        assertThat(tokens).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void what_was_published_by_a_clock_that_was_ahead_is_visible_at_the_next_opening() throws InterruptedException {
        Envelope later = Examples.envelope("q", 0, clock.instant().plus(Duration.ofHours(9)));
        clock.advance(Duration.ofHours(1));
        Envelope atOnce = Examples.envelope("q");
        try (EmbeddedStores stores = open()) {
            stores.broker().publish(List.of(Examples.publication(atOnce), Examples.publication(later)));
        }
        clock.advance(Duration.ofHours(-1));
        try (EmbeddedStores stores = open()) {
            List<ReceivedMessage> taken = stores.broker().receive(Examples.longSubscription("q"), 9, Duration.ZERO);
            assertThat(taken).extracting(Examples::id).containsExactly(atOnce.id());
        }
    }

    @Test
    void expired_rows_are_pruned_and_their_space_is_reused() throws Exception {
        try (EmbeddedStores stores = open()) {
            Broker broker = stores.broker();
            long grown = 0;
            for (int day = 0; day < 4; day++) {
                for (int i = 0; i < 20; i++) {
                    cycle(stores, 50);
                }
                broker.publishOnce(
                        "fire-" + day, Duration.ofHours(1), Examples.publication(Examples.envelope("other")));
                broker.broadcast("news", Examples.envelope("news"));
                broker.receive(Subscription.toChannel("news", "gone-" + day, Duration.ofSeconds(1)), 1, Duration.ZERO);
                stores.locks().acquire("lock", "owner-" + day, Duration.ofSeconds(1));
                stores.rates().acquire("rate", 1, Duration.ofSeconds(1));
                clock.advance(Duration.ofHours(25));
                stores.prune();
                assertThat(rows("task_results")).isZero();
                assertThat(rows("task_identities")).isZero();
                assertThat(rows("task_locks")).isZero();
                assertThat(rows("task_rates")).isZero();
                assertThat(rows("task_queues WHERE consumer <> ''")).isZero();
                grown = grown == 0 ? pages() : grown;
            }
            assertThat(pages()).isLessThanOrEqualTo(grown + grown / 5);
            assertThat(stores.check()).isEmpty();
        }
    }

    private static void cycle(EmbeddedStores stores, int count) throws InterruptedException {
        Broker broker = stores.broker();
        broker.publish(java.util.stream.Stream.generate(() -> Examples.publication(Examples.envelope("q")))
                .limit(count)
                .toList());
        List<ReceivedMessage> taken = broker.receive(Examples.longSubscription("q"), count, Duration.ZERO);
        assertThat(taken).hasSize(count);
        broker.begin(taken.stream().map(Examples::start).toList());
        broker.settle(taken.stream().map(Examples::ack).toList());
    }

    private long rows(String from) throws Exception {
        return number("SELECT count(*) FROM " + from);
    }

    private long pages() throws Exception {
        return number("PRAGMA page_count");
    }

    private long number(String sql) throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private Connection connect() throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + file());
    }

    @Test
    void fsck_finds_a_manual_edit() throws Exception {
        try (EmbeddedStores stores = open()) {
            cycle(stores, 2);
            stores.broker().publish(List.of(Examples.publication(Examples.envelope("q"))));
            ReceivedMessage taken = stores.broker()
                    .receive(Examples.longSubscription("q"), 1, Duration.ZERO)
                    .getFirst();
            stores.broker().settle(List.of(Examples.reject(taken, "max-retries-exhausted")));
            stores.broker().publish(List.of(Examples.publication(Examples.envelope("q"))));
            assertThat(stores.check()).isEmpty();
        }
        for (String edit : List.of(
                "UPDATE task_entries SET message = 'no JSON'",
                "UPDATE task_entries SET id = id + (1 << 50)",
                "UPDATE task_entries SET queue = 99",
                "UPDATE task_dead_letters SET task_id = 'another'",
                "UPDATE task_results SET state = 'cancelled'",
                "UPDATE task_results SET fence = '1-0:1'",
                "UPDATE task_results SET body = '{}'")) {
            Path copy = folder.resolve("copy.db");
            Files.deleteIfExists(copy);
            Files.copy(file(), copy);
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
                    Statement statement = connection.createStatement()) {
                statement.execute(edit);
            }
            try (EmbeddedStores stores = EmbeddedStores.openExclusive(copy, clock)) {
                assertThat(stores.check()).as(edit).isNotEmpty();
            }
        }
    }

    @Test
    void rows_of_many_megabytes_are_cut_and_come_one_after_the_other() throws Exception {
        try (EmbeddedStores stores = open()) {
            for (int i = 0; i < 3; i++) {
                stores.broker().publish(List.of(Examples.publication(Examples.envelope("q"))));
            }
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE task_entries SET message = printf('%.*c', 20 << 20, 'x')");
        }
        try (EmbeddedStores stores = open()) {
            for (int i = 0; i < 3; i++) {
                assertThat(stores.broker().receive(Examples.longSubscription("q"), 10, Duration.ZERO))
                        .singleElement()
                        .isInstanceOfSatisfying(
                                ReceivedMessage.Malformed.class,
                                malformed -> assertThat(malformed.fields().get("json"))
                                        .hasSizeLessThan(2 << 20));
            }
        }
    }

    @Test
    void planted_deaths_of_many_megabytes_are_not_read_and_not_kept() throws Exception {
        try (EmbeddedStores stores = open()) {
            stores.broker().publish(List.of(Examples.publication(Examples.envelope("q"))));
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "UPDATE task_entries SET delivery = 1, holder = printf('%.*c', 1000000, 'h'),"
                            + " deaths = replace(printf('%.*c', 1000000, 'x'), 'x', '1' || char(9) || '1' || char(9) || 'w' || char(10))");
        }
        try (EmbeddedStores stores = open()) {
            List<HolderDeath> deaths = stores.broker()
                    .receive(Examples.longSubscription("q"), 1, Duration.ZERO)
                    .getFirst()
                    .deaths();
            assertThat(deaths).hasSize(HolderDeath.MAX_KEPT);
            assertThat(deaths.getLast().worker()).isEqualTo("h".repeat(HolderDeath.MAX_WORKER_CHARS));
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT length(deaths) FROM task_entries")) {
            assertThat(row.getInt(1)).isLessThanOrEqualTo(HolderDeath.MAX_LINES_CHARS);
        }
    }

    @Test
    void a_row_that_is_no_envelope_is_received_as_malformed_and_goes_back_as_it_was_when_it_is_named()
            throws Exception {
        String text = "{\"id\":\"task-1\",\"pad\":\"" + "x".repeat(50_000) + "\"}";
        try (EmbeddedStores stores = open()) {
            stores.broker().publish(List.of(Examples.publication(Examples.envelope("q"))));
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE task_entries SET message = '" + text + "'");
        }
        try (EmbeddedStores stores = open()) {
            List<ReceivedMessage> taken = stores.broker().receive(Examples.longSubscription("q"), 1, Duration.ZERO);
            assertThat(taken.getFirst()).isInstanceOfSatisfying(ReceivedMessage.Malformed.class, malformed -> {
                assertThat(malformed.fields()).containsEntry("json", text);
                assertThat(malformed.claimedTaskId()).isEqualTo("task-1");
                assertThat(malformed.reason()).isNotBlank();
                stores.broker()
                        .settle(List.of(new Settlement.Reject(
                                malformed.receipt(),
                                new Settlement.Content.RawFields(malformed.fields()),
                                "q",
                                "malformed-envelope",
                                Map.of(),
                                null,
                                "nothing")));
            });
            assertThat(stores.broker()
                            .deadLetters()
                            .one("q", new DeadLetter.OfTask("task-1"))
                            .orElseThrow()
                            .fields())
                    .isEqualTo(Map.of("json", text));
            assertThat(stores.broker()
                            .deadLetters()
                            .replay(
                                    "q",
                                    new DeadLetter.Replay(
                                            10, null, Duration.ZERO, new DeadLetter.OfTask("task-1"), false),
                                    message -> message))
                    .hasSize(1);
            assertThat(stores.broker()
                            .receive(Examples.longSubscription("q"), 1, Duration.ZERO)
                            .getFirst())
                    .isInstanceOfSatisfying(
                            ReceivedMessage.Malformed.class,
                            malformed -> assertThat(malformed.fields()).isEqualTo(Map.of("json", text)));
        }
    }

    @Test
    void a_retried_call_is_executed_once() throws Exception {
        try (StoreOwner owner = StoreOwner.open(file(), clock)) {
            QueueApi calls = owner.as(QueueApi.class);
            StoreRpc.Publish publish = new StoreRpc.Publish("{}", "q", 0, 0, null);
            calls.publish(List.of(publish, publish), "call-1");
            calls.publish(List.of(publish, publish), "call-1");
            assertThat(calls.counts("q").pending()).isEqualTo(2);
            StoreRpc.Received received = calls.receive(
                            new StoreRpc.Poll(List.of("q"), List.of(), "me", 30_000, 1, 0, true))
                    .getFirst();
            StoreRpc.Settle end = new StoreRpc.Settle(
                    new StoreRpc.Lease(received.id(), "me", received.delivery()), null, null, null, null);
            assertThat(calls.settle(List.of(end), "call-2")).containsExactly(true);
            assertThat(calls.settle(List.of(end), "call-2")).containsExactly(true);
            assertThat(calls.settle(List.of(end), "call-3")).containsExactly(false);
        }
    }

    @Test
    void acknowledged_writes_survive_reopening() {
        Envelope envelope = Examples.envelope("q");
        try (EmbeddedStores stores = open()) {
            stores.broker().publish(List.of(Examples.publication(envelope)));
        }
        try (EmbeddedStores stores = open()) {
            assertThat(stores.broker().counts("q").pending()).isEqualTo(1);
            assertThat(stores.results().get(envelope.id()))
                    .hasValueSatisfying(status -> assertThat(status.state()).isEqualTo(TaskState.QUEUED));
        }
    }

    @Test
    void a_closed_store_is_reported() {
        EmbeddedStores stores = open();
        stores.close();
        assertThatExceptionOfType(BrokerUnavailable.class)
                .isThrownBy(() -> stores.broker().counts("q"))
                .withMessageContaining("closed");
    }

    @Test
    void a_database_of_another_program_is_not_touched() throws Exception {
        Files.writeString(file(), "not a database, and long enough to have a header".repeat(10));
        assertThatExceptionOfType(BrokerUnavailable.class)
                .isThrownBy(() -> EmbeddedStores.open(file(), clock))
                .withMessageContaining("left untouched");
    }
}
