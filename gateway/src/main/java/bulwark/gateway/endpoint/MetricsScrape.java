package bulwark.gateway.endpoint;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The text of all metrics, made a few times a second at most, whatever asks for it: beyond that the last one is given again. Thread-safe. */
final class MetricsScrape {
    private static final int PER_SECOND = 5;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Supplier<String> scrape;
    private final LongSupplier nanos;
    private final ReentrantLock scraping = new ReentrantLock();
    private byte[] last = {};
    private long began;
    private int made;

    /** @param nanos grows with time */
    MetricsScrape(Supplier<String> scrape, LongSupplier nanos) {
        this.scrape = scrape;
        this.nanos = nanos;
    }

    /** At most a second old. Nobody changes it. */
    byte[] text() {
        scraping.lock();
        try {
            long now = nanos.getAsLong();
            if (made == 0 || now - began >= SECOND_NANOS) {
                began = now;
                made = 0;
            }
            if (made < PER_SECOND) {
                made++;
                last = scrape.get().getBytes(StandardCharsets.UTF_8);
            }
            return last;
        } finally {
            scraping.unlock();
        }
    }
}
