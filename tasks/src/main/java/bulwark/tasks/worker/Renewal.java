package bulwark.tasks.worker;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps everything held, running or waiting, with this worker; a run whose entry another holder got is interrupted and its outcome dropped. One thread. */
final class Renewal {
    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Broker broker;
    private final InFlight inFlight;
    private final Duration lease;
    private final Duration every;
    private final Reports reports;
    private final Pulse pulse;

    Renewal(Broker broker, InFlight inFlight, Duration lease, Reports reports, Pulse pulse) {
        this.broker = broker;
        this.inFlight = inFlight;
        this.lease = lease;
        Duration third = lease.dividedBy(3);
        this.every = third.compareTo(LONGEST) < 0 ? third : LONGEST;
        this.reports = reports;
        this.pulse = pulse;
    }

    Duration once() {
        Map<Duration, List<Receipt>> byLease = new HashMap<>();
        for (Held held : inFlight.all()) {
            Duration wanted = held.lease(lease);
            if (!held.leaseReaches(wanted)) {
                byLease.computeIfAbsent(wanted, ignored -> new ArrayList<>()).add(held.receipt());
            }
        }
        byLease.forEach((wanted, receipts) -> {
            broker.renew(receipts, wanted).forEach(this::lost);
            pulse.answered();
            reports.meters().metrics().counter("stem_lease_renewed").increment(receipts.size());
        });
        return every;
    }

    private void lost(Receipt receipt) {
        Held held = inFlight.find(receipt);
        // What is claimed is on its way to the broker, or there already, which says itself what became of it.
        if (held == null || !held.claim()) {
            return;
        }
        held.ask(Held.Stop.LOST, true);
        inFlight.remove(held);
        Admitted running = held.running();
        if (running != null) {
            reports.lost(running);
        } else {
            LOG.info("An entry was taken over before it started: {}", receipt.token());
        }
    }
}
