package bulwark.tasks.redis;

import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.broker.TakeLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    /** The last wait ended with nothing new in any stream. */
    private boolean quiet;

    private List<String> lasts = List.of();
    private long soonest;
    private long lookedAt;
    private long delaysSeen;
    private final Set<String> usedSinceTrim = new HashSet<>();
    private Set<String> usedBefore = Set.of();

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

    boolean quiet() {
        lock.lock();
        try {
            return quiet;
        } finally {
            lock.unlock();
        }
    }

    void waited(boolean nothingCame) {
        lock.lock();
        try {
            quiet = nothingCame;
        } finally {
            lock.unlock();
        }
    }

    /** From which entries on to wait: what a look found, or, after one that read no stream, what the look before it found. */
    List<String> lasts(List<String> found) {
        lock.lock();
        try {
            lasts = found.isEmpty() ? lasts : found;
            return lasts;
        } finally {
            lock.unlock();
        }
    }

    /** How long to wait before the next look. Nobody but the consumer itself delays what is on a broadcast channel. */
    long maxWaitMillis(long whileOthersDelay) {
        lock.lock();
        try {
            long age = (nanos.getAsLong() - lookedAt) / 1_000_000;
            return subscription.queues().isEmpty() ? Long.MAX_VALUE : Math.max(1, whileOthersDelay - age);
        } finally {
            lock.unlock();
        }
    }

    void overran() {
        lock.lock();
        try {
            quiet = false;
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
    boolean received(List<ReceivedMessage> messages) {
        lock.lock();
        try {
            receivedSinceTrim += messages.size();
            messages.forEach(message -> usedSinceTrim.add(message.receipt().stream()));
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

    /** The streams from which something was taken since the last trimming but one: what was held at the last one may have ended since. */
    Set<String> used() {
        lock.lock();
        try {
            Set<String> used = new HashSet<>(usedBefore);
            used.addAll(usedSinceTrim);
            usedBefore = Set.copyOf(usedSinceTrim);
            usedSinceTrim.clear();
            return used;
        } finally {
            lock.unlock();
        }
    }

    /**
     * @param delays how many broadcasts the process had delayed
     * @param next milliseconds since 1970 at which something becomes due, as far as a look found
     */
    void looked(long next, long delays) {
        lock.lock();
        try {
            delaysSeen = delays;
            soonest = next;
            lookedAt = nanos.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    /** What the last look found, while it is not due and others cannot have delayed anything since, which they may when it is older than the given time; else null. Nobody but the process itself delays broadcasts. */
    @Nullable
    Long soonest(long now, long mostMillis, long delays) {
        lock.lock();
        try {
            boolean fresh = subscription.queues().isEmpty()
                    ? delays == delaysSeen
                    : nanos.getAsLong() - lookedAt < mostMillis * 1_000_000;
            boolean holds = fresh && now < soonest;
            return holds ? (Long) soonest : null;
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
