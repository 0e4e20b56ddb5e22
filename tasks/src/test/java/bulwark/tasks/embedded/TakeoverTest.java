package bulwark.tasks.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import bulwark.kernel.process.RunFile;
import bulwark.kernel.storage.StoreInUse;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.FencingToken;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.contract.Examples;
import bulwark.tasks.envelope.Envelope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One file, several processes, one of which holds it. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TakeoverTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("tasks.db");
    }

    @Test
    void a_killed_store_owner_loses_no_acknowledged_write() throws Exception {
        try (AnotherProcess other = AnotherProcess.start(file())) {
            assertThat(other.next()).isEqualTo("holds");
            try (EmbeddedStores here = EmbeddedStores.open(file(), Clock.systemUTC())) {
                assertThat(here.isOwner()).isFalse();
                assertThatExceptionOfType(StoreInUse.class)
                        .isThrownBy(() -> EmbeddedStores.openExclusive(file(), Clock.systemUTC()));
                survives(here, other);
            }
        }
    }

    private static void survives(EmbeddedStores here, AnotherProcess other) throws Exception {
        Set<String> mine = ConcurrentHashMap.newKeySet();
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> publishing = threads.submit(() -> {
                while (!stop.get()) {
                    mine.add(publish(here.broker()));
                }
            });
            Future<Map<String, FencingToken>> working = threads.submit(() -> work(here.broker(), stop));
            List<String> theirs;
            try {
                other.awaitAcknowledged(50);
                theirs = other.kill();
                awaitMore(mine, 20);
            } finally {
                stop.set(true);
            }
            publishing.get();
            assertThat(here.isOwner()).isTrue();
            assertThat(working.get().keySet()).containsAll(theirs).containsAll(mine);
            assertThat(here.check()).isEmpty();
        }
    }

    private static String publish(Broker broker) {
        Envelope envelope = Examples.envelope(AnotherProcess.QUEUE);
        broker.publish(List.of(Examples.publication(envelope)));
        return envelope.id();
    }

    /** Takes and settles until stopped and nothing has come for longer than a lease. */
    private static Map<String, FencingToken> work(Broker broker, AtomicBoolean stop) throws InterruptedException {
        Map<String, FencingToken> settled = new HashMap<>();
        Subscription subscription = Examples.subscription(AnotherProcess.QUEUE);
        boolean idle = false;
        while (!stop.get() || !idle) {
            List<ReceivedMessage> taken = broker.receive(subscription, 7, Examples.LEASE.multipliedBy(2));
            broker.begin(taken.stream().map(Examples::start).toList());
            List<Boolean> good = broker.settle(taken.stream().map(Examples::ack).toList());
            for (int i = 0; i < taken.size(); i++) {
                if (good.get(i)) {
                    FencingToken token = taken.get(i).receipt().token();
                    FencingToken older = settled.put(Examples.id(taken.get(i)), token);
                    assertThat(older == null || older.compareTo(token) < 0).isTrue();
                }
            }
            idle = taken.isEmpty();
        }
        return settled;
    }

    @Test
    void a_closing_store_owner_fails_no_call_of_its_clients() throws Exception {
        EmbeddedStores first = EmbeddedStores.open(file(), Clock.systemUTC());
        AtomicBoolean stop = new AtomicBoolean();
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        List<EmbeddedStores> others = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                EmbeddedStores other = EmbeddedStores.open(file(), Clock.systemUTC());
                others.add(other);
                callers.add(threads.submit(() -> {
                    while (!stop.get()) {
                        acknowledged.add(publish(other.broker()));
                    }
                }));
                callers.add(threads.submit(() ->
                        other.broker().receive(Examples.subscription("nothing-comes-here"), 1, Duration.ofSeconds(5))));
            }
            awaitMore(acknowledged, 40);
            first.close();
            awaitMore(acknowledged, 40);
            EmbeddedStores second =
                    others.stream().filter(EmbeddedStores::isOwner).findFirst().orElseThrow();
            assertThat(others.stream().filter(EmbeddedStores::isOwner)).hasSize(1);
            stop.set(true);
            for (Future<?> caller : callers) {
                caller.get();
            }
            assertThat(new HashSet<>(waiting(second.broker()))).containsAll(acknowledged);
        } finally {
            stop.set(true);
            others.forEach(EmbeddedStores::close);
        }
        assertThat(Files.exists(folder.resolve("tasks.db.run.json"))).isFalse();
    }

    private static void awaitMore(Set<String> acknowledged, int more) {
        int target = acknowledged.size() + more;
        org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() >= target);
    }

    private static List<String> waiting(Broker broker) throws InterruptedException {
        List<String> ids = new ArrayList<>();
        Subscription subscription = Examples.longSubscription(AnotherProcess.QUEUE);
        List<ReceivedMessage> taken;
        do {
            taken = broker.receive(subscription, 500, Duration.ZERO);
            taken.forEach(message -> ids.add(Examples.id(message)));
        } while (!taken.isEmpty());
        return ids;
    }

    @Test
    void run_file_and_socket_are_owner_only() throws Exception {
        try (EmbeddedStores stores = EmbeddedStores.open(file(), Clock.systemUTC())) {
            assertThat(stores.isOwner()).isTrue();
            RunFile there = RunFile.ofRunning(file()).orElseThrow();
            for (Path path : List.of(file(), folder.resolve("tasks.db.run.json"), there.socket())) {
                assertThat(Files.getPosixFilePermissions(path).toString())
                        .as(path.toString())
                        .doesNotContain("GROUP")
                        .doesNotContain("OTHERS");
            }
        }
    }
}
