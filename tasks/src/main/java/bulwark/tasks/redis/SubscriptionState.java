package bulwark.tasks.redis;

import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Where one subscription stands: what to look for next, and when. Thread-safe. */
final class SubscriptionState {
    private static final long TRIM_EVERY_NANOS = Duration.ofSeconds(5).toNanos();
    private static final int TRIM_AFTER_ENTRIES = 5_000;
    private static final long TIDY_EVERY_NANOS = Duration.ofHours(1).toNanos();
    private static final int MAX_ENTRIES = 1 << 20;
    private static final String BEGINNING = "0-0";

    private final Subscription subscription;
    private final List<StreamSource> sources;
    private final LongSupplier nanos;
    private final Map<String, StreamSource> byStream = new HashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final List<String> cursors = new ArrayList<>();
    private long nextReclaim;
    private long nextTrim;
    private long nextTidy;
    private int receivedSinceTrim;
    private int maxEntries = MAX_ENTRIES;

    SubscriptionState(Subscription subscription, List<StreamSource> sources, LongSupplier nanos) {
        this.subscription = subscription;
        this.sources = List.copyOf(sources);
        this.nanos = nanos;
        for (StreamSource source : sources) {
            for (String stream : source.streams()) {
                byStream.put(stream, source);
                cursors.add(BEGINNING);
            }
        }
        long now = nanos.getAsLong();
        nextReclaim = now;
        nextTrim = now + TRIM_EVERY_NANOS;
        nextTidy = now;
    }

    String consumer() {
        return subscription.consumer();
    }

    long leaseMillis() {
        return Math.max(1, subscription.lease().toMillis());
    }

    List<StreamSource> sources() {
        return sources;
    }

    @Nullable
    StreamSource source(String stream) {
        return byStream.get(stream);
    }

    /** After entries that were too long together fewer are taken at once, for a while. */
    TakeLimits bounded(TakeLimits wanted) {
        lock.lock();
        try {
            return wanted.maxEntries() <= maxEntries
                    ? wanted
                    : new TakeLimits(maxEntries, wanted.suspects(), wanted.unread());
        } finally {
            lock.unlock();
        }
    }

    void overran() {
        lock.lock();
        try {
            maxEntries = 1;
        } finally {
            lock.unlock();
        }
    }

    /** At first, then three times in a lease; one who asks is expected to do it. */
    boolean reclaimDue() {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            boolean due = now - nextReclaim >= 0;
            if (due) {
                nextReclaim = now + subscription.lease().toNanos() / 3;
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    /** Stream, group and cursor of each. */
    void addCursors(List<Object> arguments) {
        lock.lock();
        try {
            int i = 0;
            for (StreamSource source : sources) {
                for (String stream : source.streams()) {
                    arguments.add(stream);
                    arguments.add(source.group());
                    arguments.add(cursors.get(i++));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Where a look ended before it had seen everything, it goes on at the next taking. */
    void reclaimed(List<String> reached) {
        lock.lock();
        try {
            boolean unfinished = false;
            for (int i = 0; i < cursors.size() && i < reached.size(); i++) {
                cursors.set(i, reached.get(i));
                unfinished |= !reached.get(i).equals(BEGINNING);
            }
            if (unfinished) {
                nextReclaim = nanos.getAsLong();
            }
        } finally {
            lock.unlock();
        }
    }

    /** @return true when it is time to forget what is done */
    boolean received(int entries) {
        lock.lock();
        try {
            receivedSinceTrim += entries;
            maxEntries = Math.min(2 * maxEntries, MAX_ENTRIES);
            long now = nanos.getAsLong();
            boolean due = receivedSinceTrim >= TRIM_AFTER_ENTRIES || now - nextTrim >= 0;
            if (due) {
                receivedSinceTrim = 0;
                nextTrim = now + TRIM_EVERY_NANOS;
            }
            return due;
        } finally {
            lock.unlock();
        }
    }

    boolean tidyDue() {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            boolean due = now - nextTidy >= 0;
            if (due) {
                nextTidy = now + TIDY_EVERY_NANOS;
            }
            return due;
        } finally {
            lock.unlock();
        }
    }
}
