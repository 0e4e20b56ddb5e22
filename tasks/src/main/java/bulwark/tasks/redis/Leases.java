package bulwark.tasks.redis;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.broker.Receipt;
import bulwark.tasks.broker.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Renews leases. Redis knows only how long an entry was silent, and others take it over after a lease of their subscription: so a longer one is kept by renewing it
 * until it ends. It ends sooner when this process does. Thread-safe.
 */
final class Leases implements AutoCloseable {
    private static final int BATCH = 256;
    private static final Duration USUAL = Duration.ofSeconds(30);
    private static final long SHORTEST_NAP_MILLIS = 50;

    private final Lines lines;
    private final Map<String, Duration> byConsumer = new ConcurrentHashMap<>();
    /** Receipt → {@link System#nanoTime} until which it stays with its holder. */
    private final Map<Receipt, Long> longer = new ConcurrentHashMap<>();

    private final ReentrantLock starting = new ReentrantLock();
    private @Nullable EssentialThread renewer;

    Leases(Lines lines) {
        this.lines = lines;
    }

    void known(Subscription subscription) {
        byConsumer.merge(subscription.consumer(), subscription.lease(), (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    List<Receipt> renew(Collection<Receipt> receipts, Duration lease) {
        List<Receipt> lost = renewNow(receipts);
        for (Receipt receipt : receipts) {
            if (lease.compareTo(usual(receipt)) > 0 && !lost.contains(receipt)) {
                longer.put(receipt, System.nanoTime() + lease.toNanos());
                start();
            } else {
                longer.remove(receipt);
            }
        }
        return lost;
    }

    void settled(Receipt receipt) {
        if (!longer.isEmpty()) {
            longer.remove(receipt);
        }
    }

    private Duration usual(Receipt receipt) {
        return byConsumer.getOrDefault(receipt.consumer(), USUAL);
    }

    private List<Receipt> renewNow(Collection<Receipt> receipts) {
        List<Receipt> all = List.copyOf(receipts);
        List<Receipt> lost = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Receipt> batch = all.subList(from, Math.min(all.size(), from + BATCH));
            List<@Nullable Object> answers = Reply.list(lines.run(Script.RENEW, Holdings.of(batch)));
            for (int i = 0; i < batch.size(); i++) {
                if (Reply.number(answers.get(i)) == 0) {
                    lost.add(batch.get(i));
                }
            }
        }
        return lost;
    }

    private void start() {
        starting.lock();
        try {
            if (renewer == null) {
                // Not virtual: tasks that compute without a pause can keep all carriers of virtual threads busy.
                renewer = EssentialThread.platform("redis-leases", this::keep).start();
            }
        } finally {
            starting.unlock();
        }
    }

    private void keep() {
        try {
            while (needed()) {
                long nap = longer.keySet().stream()
                        .mapToLong(receipt -> usual(receipt).toMillis() / 4)
                        .min()
                        .orElse(SHORTEST_NAP_MILLIS);
                Thread.sleep(Math.max(nap, SHORTEST_NAP_MILLIS));
                keepOnce();
            }
        } catch (InterruptedException closed) {
            // Nothing is kept any longer.
        }
    }

    /** Decided where it is started, so that no lease falls between an ending thread and a new one. */
    private boolean needed() {
        starting.lock();
        try {
            if (!lines.closed() && !longer.isEmpty()) {
                return true;
            }
            renewer = null;
            return false;
        } finally {
            starting.unlock();
        }
    }

    private void keepOnce() {
        long now = System.nanoTime();
        longer.values().removeIf(end -> end - now <= 0);
        try {
            renewNow(longer.keySet()).forEach(longer::remove);
        } catch (BrokerUnavailable e) {
            // The next round tries again; until then nobody else reaches the server either.
        }
    }

    @Override
    public void close() {
        starting.lock();
        try {
            if (renewer != null) {
                renewer.thread().interrupt();
            }
        } finally {
            starting.unlock();
        }
    }
}
