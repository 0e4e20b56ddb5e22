package bulwark.seats;

import bulwark.kernel.config.Configuration;
import bulwark.seats.beacon.ConsensusAccess;
import bulwark.seats.chain.ChainAccess;
import bulwark.seats.send.PlanQueue;
import bulwark.seats.settings.ChainSettings;
import bulwark.seats.settings.DatabaseUrl;
import bulwark.seats.settings.WatchSettings;
import bulwark.seats.store.SeatStore;
import bulwark.seats.watch.WatchService;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that watches and serves nothing: it shares the store with the service, so that the store must be a database. Thread-safe. */
public final class SeatWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SeatWatcher.class);

    private final SeatStore store;
    private final @Nullable ChainAccess chain;
    private final @Nullable ConsensusAccess consensus;
    private final @Nullable WatchService watch;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean failed;

    private SeatWatcher(Supplier<Configuration> live, Path directory, Clock clock) {
        Configuration settings = live.get();
        store = SeatStore.open(
                DatabaseUrl.location(live, directory), settings.text("SEAT_MANAGER_ACCEPT_EVIDENCE_LOSS"), clock);
        store.audited().store().onFatal(this::fail);
        try {
            chain = ChainSettings.open(settings, directory, clock).orElse(null);
            consensus = WatchSettings.open(settings).orElse(null);
            watch = SeatWatch.start(settings, directory, store, chain, consensus, new PlanQueue(store, clock), clock);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * @param live read again for each connection to a database
     * @param directory that relative paths of settings start from
     * @throws SeatStore.SchemaRefused when the schema is not that of this program
     */
    public static SeatWatcher start(Supplier<Configuration> live, Path directory, Clock clock) {
        live.get().warnings().forEach(LOG::warn);
        return new SeatWatcher(live, directory, clock);
    }

    private void fail(Throwable cause) {
        LOG.error("the watcher ends: its store failed", cause);
        failed = true;
        stopped.countDown();
    }

    /** @return exit code, 1 after a fatal fault */
    public int awaitExitCode() throws InterruptedException {
        stopped.await();
        return failed ? 1 : 0;
    }

    /** Ends the look that is under way, then closes. */
    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        if (chain != null) {
            chain.close();
        }
        if (consensus != null) {
            consensus.close();
        }
        store.close();
        stopped.countDown();
    }
}
