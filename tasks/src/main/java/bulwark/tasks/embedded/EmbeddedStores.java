package bulwark.tasks.embedded;

import bulwark.tasks.broker.Broker;
import bulwark.tasks.locks.LockStore;
import bulwark.tasks.rates.RateLimiter;
import bulwark.tasks.results.ResultBackend;
import bulwark.tasks.revocations.RevocationStore;
import bulwark.tasks.stores.TaskStores;
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
    private final Link link;
    private final Parts parts;
    private final Upkeep upkeep;

    private EmbeddedStores(Link link, Clock clock, Duration retention, int maxEnvelopeBytes) {
        this.link = link;
        parts = new Parts(
                new RowBroker(link, clock, retention, maxEnvelopeBytes),
                new RowResults(link, retention),
                new RowSchedules(link),
                link.as(LockStore.class),
                link.as(RevocationStore.class),
                link.as(RateLimiter.class));
        upkeep = link.as(Upkeep.class);
    }

    /**
     * For this process alone: nothing is served, and other processes cannot use the file meanwhile.
     *
     * @throws bulwark.kernel.storage.StoreRefused when another process holds the file, or it must not be touched; with a sentence and remedy
     */
    public static EmbeddedStores alone(Path file, Clock clock) {
        return new EmbeddedStores(
                Holder.open(file, clock), clock, ResultBackend.DEFAULT_RETENTION, Broker.MAX_ENVELOPE_BYTES);
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
        SharedLink link = new SharedLink(file, clock);
        EmbeddedStores stores = new EmbeddedStores(link, clock, retention, maxEnvelopeBytes);
        try {
            stores.broker().probe();
            return stores;
        } catch (RuntimeException e) {
            stores.close();
            throw e;
        }
    }

    /** Told when this process holds the file and a write to the disk failed: the process must end soon after, then another one takes over. */
    public void onFatal(Consumer<Throwable> listener) {
        link.onFatal(listener);
    }

    /** Whether this process holds the file, for {@code stem health}. */
    public boolean holds() {
        return !link.remote();
    }

    /** Everything that is wrong with the store, a sentence each; empty when whole. Reads the whole file. */
    public List<String> check() {
        return upkeep.check();
    }

    /** Takes away at once what is over; this also happens by itself every half minute. */
    public void prune() {
        upkeep.prune();
    }

    @Override
    public Parts parts() {
        return parts;
    }

    @Override
    public void close() {
        link.close();
    }
}
