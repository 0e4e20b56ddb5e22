package bulwark.doctor.client;

import java.util.concurrent.atomic.AtomicInteger;

/** How many requests and handshakes one visit may cost its target. Thread-safe. */
public final class RequestBudget {
    /** For a whole run. */
    public static final int MAX_REQUESTS = 600;

    private final AtomicInteger sent = new AtomicInteger();

    /** @throws IllegalStateException when the visit has sent all that it may */
    void take() {
        if (sent.incrementAndGet() > MAX_REQUESTS) {
            sent.decrementAndGet();
            throw new IllegalStateException("this visit has sent its " + MAX_REQUESTS
                    + " requests and sends no more: look at fewer probes with --only");
        }
    }

    public int sent() {
        return sent.get();
    }
}
