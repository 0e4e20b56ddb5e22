package bulwark.tasks.embedded;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.store.LockStore;
import bulwark.tasks.store.RateLimiter;
import bulwark.tasks.store.RevocationStore;
import bulwark.tasks.store.TaskStores;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Everything in one SQLite file. What returned is synced. The first process that opens the file holds it and serves the others over a local socket that only
 * the same user can use; when it ends, one of the others takes the file over by itself. Thread-safe.
 */
public final class EmbeddedStores implements TaskStores {
    private final StoreClient client;
    private final StoreSet storeSet;
    private final MaintenanceApi maintenance;

    private EmbeddedStores(StoreClient client, Clock clock, Duration retention, int maxEnvelopeBytes) {
        this.client = client;
        storeSet = new StoreSet(
                new EmbeddedBroker(client, clock, retention, maxEnvelopeBytes),
                new EmbeddedResults(client, retention),
                new EmbeddedSchedules(client),
                client.as(LockStore.class),
                client.as(RevocationStore.class),
                client.as(RateLimiter.class));
        maintenance = client.as(MaintenanceApi.class);
    }

    /**
     * For this process alone: nothing is served, and other processes cannot use the file meanwhile.
     *
     * @throws bulwark.kernel.storage.StoreRefused when another process holds the file, or it must not be touched; with a sentence and remedy
     */
    public static EmbeddedStores openExclusive(Path file, Clock clock) {
        return new EmbeddedStores(
                StoreOwner.open(file, clock), clock, ResultBackend.DEFAULT_RETENTION, Broker.MAX_ENVELOPE_BYTES);
    }

    /**
     * Holds the file, or uses it through the process that does.
     *
     * @throws bulwark.tasks.broker.BrokerUnavailable when the file must not be touched, or another process holds it and does not answer; with a sentence and remedy
     */
    public static EmbeddedStores open(Path file, Clock clock) {
        return open(file, ResultBackend.DEFAULT_RETENTION, Broker.MAX_ENVELOPE_BYTES, clock);
    }

    /**
     * As {@link #open(Path, Clock)}.
     *
     * @param retention how long results are kept that do not say it themselves
     * @param maxEnvelopeBytes longer entries are not read as envelopes
     */
    public static EmbeddedStores open(Path file, Duration retention, int maxEnvelopeBytes, Clock clock) {
        FailoverStoreClient link = new FailoverStoreClient(file, clock);
        EmbeddedStores stores = new EmbeddedStores(link, clock, retention, maxEnvelopeBytes);
        try {
            stores.broker().ping();
            return stores;
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    /** Told when this process holds the file and a write to the disk failed: the process must end soon after, then another one takes over. */
    public void onFatal(Consumer<Throwable> listener) {
        client.onFatal(listener);
    }

    /** Whether this process holds the file, for {@code stem health}. */
    public boolean isOwner() {
        return !client.remote();
    }

    /** Everything that is wrong with the store, a sentence each; empty when whole. Reads the whole file. */
    public List<String> check() {
        return maintenance.check();
    }

    /** Takes away at once what is over; this also happens by itself every half minute. */
    public void prune() {
        maintenance.prune();
    }

    @Override
    public StoreSet storeSet() {
        return storeSet;
    }

    @Override
    public void close() {
        client.close();
    }
}
