package bulwark.kernel.evidence.signer;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.kernel.evidence.audit.AuditPages;
import bulwark.kernel.storage.Store;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets a store that is in use against what vouches for it, at an interval: its signed heads, and the hash of each row of its audit log.
 * What it finds ends the signing of heads. Thread-safe.
 */
public final class EvidenceRescan implements AutoCloseable {
    public static final Duration INTERVAL = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(EvidenceRescan.class);
    private static final Duration PAUSE = Duration.ofMillis(25);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final Store store;
    private final AuditLog audit;
    private final HeadSigner heads;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final EssentialThread thread;

    private EvidenceRescan(Store store, AuditLog audit, HeadSigner heads) {
        this.store = store;
        this.audit = audit;
        this.heads = heads;
        thread = EssentialThread.platform("evidence-rescan", this::loop);
        thread.thread().setPriority(Thread.MIN_PRIORITY);
    }

    public static EvidenceRescan start(Store store, AuditLog audit, HeadSigner heads) {
        EvidenceRescan rescan = new EvidenceRescan(store, audit, heads);
        rescan.thread.start();
        return rescan;
    }

    private void loop() {
        while (!stopped(INTERVAL)) {
            try {
                run(PAUSE);
            } catch (RuntimeException e) {
                LOG.error("The evidence could not be compared; it is tried again.", e);
            }
        }
    }

    /** One comparison, now. */
    public void runNow() {
        run(Duration.ZERO);
    }

    private void run(Duration pause) {
        heads.recheck();
        AuditPages pages = audit.guardedRows().pages(store);
        for (List<String> found = pages.next(); found != null; found = pages.next()) {
            found.stream().findFirst().ifPresent(heads::report);
            if (stopped(pause)) {
                return;
            }
        }
    }

    private boolean stopped(Duration wait) {
        try {
            return stop.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    public void close() {
        stop.countDown();
        thread.awaitEnd(CLOSE_TIMEOUT);
    }
}
