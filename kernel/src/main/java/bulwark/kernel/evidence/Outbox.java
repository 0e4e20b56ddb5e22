package bulwark.kernel.evidence;

import bulwark.kernel.storage.Store;
import bulwark.kernel.storage.WriteTx;
import java.sql.SQLException;
import java.time.Clock;

/** Effects that follow a committed change. One worker thread; at least once, so handlers are idempotent; failed ones are retried with backoff; start-up carries on where a crash stopped. */
public final class Outbox implements AutoCloseable {
    private Outbox() {}

    public static Outbox open(Store store, Clock clock) {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Registers the effect of a kind; before {@link #start()}. */
    public void handle(String kind, Handler handler) {
        throw new UnsupportedOperationException("skeleton");
    }

    public void start() {
        throw new UnsupportedOperationException("skeleton");
    }

    /** In the caller's transaction; a second row with the same kind and key is ignored. @param payload JSON text */
    public void enqueue(WriteTx tx, String kind, String dedupeKey, String payload) throws SQLException {
        throw new UnsupportedOperationException("skeleton");
    }

    /** Waits until nothing is open or the deadline passes; for tests and graceful stop. */
    public boolean drain(java.time.Duration deadline) {
        throw new UnsupportedOperationException("skeleton");
    }

    @Override
    public void close() {}

    /** Throws to be retried. */
    @FunctionalInterface
    public interface Handler {
        void run(String dedupeKey, String payload) throws Exception;
    }
}
