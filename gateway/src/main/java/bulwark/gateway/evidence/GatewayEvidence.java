package bulwark.gateway.evidence;

import bulwark.gateway.call.CallPipeline;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.config.SettingFindings;
import bulwark.kernel.evidence.journal.JournalIndexer;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.metrics.Metrics;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The decision records of a running gateway: written, and removed once they are older than they must be kept. Thread-safe. */
public final class GatewayEvidence implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayEvidence.class);
    private static final String MAX_AGE = "STOA_JOURNAL__MAX_AGE_DAYS";
    private static final long MAX_DAYS = 36_500;
    private static final long RETENTION_MINUTES = 60;
    private static final long INDEX_SECONDS = 2;

    private final AuditedStore store;
    private final DecisionJournal decisions;
    private final Duration maxAge;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread indexing = EssentialThread.platform("journal-index", this::indexAtIntervals);
    private final EssentialThread retention = EssentialThread.platform("journal-retention", this::removeAtIntervals);

    private GatewayEvidence(AuditedStore store, DecisionJournal decisions, Duration maxAge) {
        this.store = store;
        this.decisions = decisions;
        this.maxAge = maxAge;
    }

    /**
     * @param store with a journal; closed after this
     * @param onFatal told once when a sync of the journal failed, and the process must end
     */
    public static GatewayEvidence open(
            AuditedStore store, Configuration settings, Metrics metrics, Clock clock, Consumer<String> onFatal) {
        store.journal().onFatal(onFatal);
        GatewayEvidence evidence = new GatewayEvidence(
                store, new DecisionJournal(store.journal(), metrics, clock), Duration.ofDays(settings.count(MAX_AGE)));
        evidence.retention.start();
        evidence.indexing.start();
        return evidence;
    }

    /** What the settings of evidence must be. */
    public static void check(Configuration settings, SettingFindings findings) {
        if (settings.count(MAX_AGE) < 1 || settings.count(MAX_AGE) > MAX_DAYS) {
            findings.refuse(MAX_AGE + " must be between 1 and " + MAX_DAYS);
        }
    }

    /** The same pipeline, with a record of every call. */
    public CallPipeline in(CallPipeline pipeline) {
        return decisions.in(pipeline);
    }

    private void indexAtIntervals() {
        JournalIndexer indexer = new JournalIndexer(store.journal().folder(), new DecisionIds());
        boolean failed = false;
        try {
            while (!stop.await(INDEX_SECONDS, TimeUnit.SECONDS)) {
                failed = !index(indexer, failed);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean index(JournalIndexer indexer, boolean failedBefore) {
        try {
            indexer.catchUp();
            return true;
        } catch (IOException | RuntimeException e) {
            if (!failedBefore) {
                LOG.warn(
                        "The index of the journal is not kept, so that explaining a call takes longer: {}",
                        e.getMessage());
            }
            return false;
        }
    }

    private void removeAtIntervals() {
        try {
            do {
                removeOld();
            } while (!stop.await(RETENTION_MINUTES, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeOld() {
        try {
            int removed = store.removeJournalOlderThan(maxAge);
            if (removed > 0) {
                LOG.info(
                        "{} segments of the journal held nothing younger than {} days and were removed.",
                        removed,
                        maxAge.toDays());
            }
        } catch (IOException e) {
            LOG.warn("Old segments of the journal were not removed: {}; it is tried again.", e.getMessage());
        }
    }

    @Override
    public void close() {
        stop.countDown();
        retention.awaitEnd(Duration.ofSeconds(5));
        indexing.awaitEnd(Duration.ofSeconds(5));
        decisions.close();
    }
}
