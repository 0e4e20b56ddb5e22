package bulwark.facts.node;

import bulwark.facts.AccessTables;
import bulwark.facts.FactsAuditEvents;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.storage.Store;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares the access tables with the audit log at start and at an interval: an edit is told once, in the log and as evidence. */
final class AccessWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessWatch.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Supplier<List<String>> comparison;
    private final AuditLog audit;
    private final Metrics metrics;
    private final Duration interval;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Set<String> told = new HashSet<>();
    private final EssentialThread thread;

    private AccessWatch(Supplier<List<String>> comparison, AuditLog audit, Metrics metrics, Duration interval) {
        this.comparison = comparison;
        this.audit = audit;
        this.metrics = metrics;
        this.interval = interval;
        this.thread = EssentialThread.platform("access-watch", this::loop);
        thread.thread().setPriority(Thread.MIN_PRIORITY);
    }

    static AccessWatch start(Store store, AuditLog audit, Metrics metrics, Duration interval) {
        return start(() -> store.read(tx -> audit.guardedRows().check(tx, AccessTables.ALL)), audit, metrics, interval);
    }

    static AccessWatch start(Supplier<List<String>> comparison, AuditLog audit, Metrics metrics, Duration interval) {
        AccessWatch watch = new AccessWatch(comparison, audit, metrics, interval);
        watch.thread.start();
        return watch;
    }

    private void loop() {
        try {
            do {
                check();
            } while (!stop.await(interval.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check() {
        try {
            for (String problem : comparison.get()) {
                if (told.add(problem)) {
                    LOG.error("{} It is not honoured; run stigmem fsck.", problem);
                    metrics.count("stigmem_access_row_mismatch");
                    audit.appendLater(FactsAuditEvents.INTEGRITY_FINDING.event(
                            null, "default", null, null, Map.of("finding", problem)));
                }
            }
        } catch (RuntimeException e) {
            LOG.error("the access tables could not be compared with the audit log; it is tried again", e);
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }
}
