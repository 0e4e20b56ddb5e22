package bulwark.tasks.lease;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.Receipt;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews the lease of every delivery, running or waiting; a run whose message another consumer got is interrupted and its outcome dropped. One thread. */
public final class LeaseRenewer {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseRenewer.class);
    private static final Duration MAX_INTERVAL = Duration.ofSeconds(10);

    private final Broker broker;
    private final InFlight inFlight;
    private final Duration lease;
    private final Duration every;
    private final Counter renewed;
    private final Consumer<VerifiedTask> leaseLost;
    private final Runnable answered;

    /**
     * @param renewed counts renewed leases
     * @param leaseLost called with each running task whose lease is lost
     * @param answered called whenever the broker answered
     */
    public LeaseRenewer(
            Broker broker,
            InFlight inFlight,
            Duration lease,
            Counter renewed,
            Consumer<VerifiedTask> leaseLost,
            Runnable answered) {
        this.broker = broker;
        this.inFlight = inFlight;
        this.lease = lease;
        Duration third = lease.dividedBy(3);
        this.every = third.compareTo(MAX_INTERVAL) < 0 ? third : MAX_INTERVAL;
        this.renewed = renewed;
        this.leaseLost = leaseLost;
        this.answered = answered;
    }

    public Duration once() {
        Map<Duration, List<Receipt>> byLease = new HashMap<>();
        for (LeasedDelivery leased : inFlight.all()) {
            Duration wanted = leased.lease(lease);
            if (!leased.leaseReaches(wanted)) {
                byLease.computeIfAbsent(wanted, ignored -> new ArrayList<>()).add(leased.receipt());
            }
        }
        byLease.forEach((wanted, receipts) -> {
            broker.renew(receipts, wanted).forEach(this::lost);
            answered.run();
            renewed.increment(receipts.size());
        });
        return every;
    }

    private void lost(Receipt receipt) {
        LeasedDelivery leased = inFlight.find(receipt);
        // What is claimed is on its way to the broker, or there already, which says itself what became of it.
        if (leased == null || !leased.claim()) {
            return;
        }
        leased.requestStop(LeasedDelivery.StopReason.LEASE_LOST, true);
        inFlight.remove(leased);
        VerifiedTask task = leased.running();
        if (task != null) {
            leaseLost.accept(task);
        } else {
            LOG.info("The lease was lost before the task started: {}", receipt.token());
        }
    }
}
