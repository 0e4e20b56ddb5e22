package bulwark.tasks.worker;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import java.time.Duration;

/** Asks every few seconds whether the broker takes writes: a replica and a full server answer everything else. One thread. */
final class WriteProbe {
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final Broker broker;
    private final Liveness liveness;

    WriteProbe(Broker broker, Liveness liveness) {
        this.broker = broker;
        this.liveness = liveness;
    }

    Duration once() {
        liveness.askScheduler();
        try {
            broker.checkWritable();
            liveness.wrote();
        } catch (BrokerUnavailable e) {
            liveness.refused(String.valueOf(e.getMessage()));
        }
        return INTERVAL;
    }
}
