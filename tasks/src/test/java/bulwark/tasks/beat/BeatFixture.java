package bulwark.tasks.beat;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.time.SettableClock;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.ReceivedMessage.Delivery;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.memory.MemoryStores;
import bulwark.tasks.schedule.NextRun;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleJson;
import bulwark.tasks.schedule.ScheduleSpec;
import bulwark.tasks.schedule.ScheduleStore;
import bulwark.tasks.setup.TaskSettings;
import bulwark.tasks.signing.EnvelopeSigning;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A memory store with a clock that is turned by hand, and what tests of beats do there. */
final class BeatFixture {
    static final Instant START = Instant.parse("2026-01-02T00:00:00Z");
    static final Map<String, String> HMAC = Map.of(
            "STEM_SIGNING_KEYS",
            "primary:dxXWO/hzeUOVWNfquLvkapuVE/4HHkcwkPw6xN6zWcI=",
            "STEM_SIGNING_ACTIVE_KEY",
            "primary");

    final SettableClock clock = new SettableClock(START);
    final MemoryStores stores = new MemoryStores(clock);
    final ScheduleStore schedules = stores.schedules();
    final Broker broker = stores.broker();
    final Metrics metrics = new Metrics();

    static EnvelopeSigning signing(Map<String, String> environment) {
        Configuration configuration =
                Configuration.readLenient(TaskSettings.schema(), environment, Path.of("/nonexistent"));
        return EnvelopeSigning.of(configuration, Signing.fastest());
    }

    Beat beat() {
        return beat(schedules, broker);
    }

    Beat beat(ScheduleStore store, Broker to) {
        return new Beat(store, to, signing(HMAC), metrics, clock, Duration.ofMillis(20));
    }

    ScheduleEntry schedule(String id, String spec) {
        return schedule(id, ScheduleJson.ofSpec(spec), Duration.ZERO);
    }

    /** Planned from now. */
    ScheduleEntry schedule(String id, ScheduleSpec spec, Duration jitter) {
        ObjectNode empty = JsonNodeFactory.instance.objectNode();
        ScheduleEntry entry = new ScheduleEntry(
                id, "demo.echo", "default", spec, empty, empty, empty, true, jitter, null, null, Run.NEVER, 0);
        return schedules.put(NextRun.planned(entry, clock.instant()));
    }

    ScheduleEntry stored(String id) {
        return schedules.get(id).orElseThrow();
    }

    /** Everything that can be taken now. */
    List<Envelope> received(String queue) {
        try {
            List<Envelope> taken = new ArrayList<>();
            Subscription subscription = Subscription.toQueue(queue, "test", Duration.ofHours(1));
            for (var batch = broker.receive(subscription, 100, Duration.ZERO);
                    !batch.isEmpty();
                    batch = broker.receive(subscription, 100, Duration.ZERO)) {
                batch.forEach(
                        message -> taken.add(((Delivery) message).message().envelope()));
            }
            return taken;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    double counted(String name) {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith(name + "_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }
}
