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
    private static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);
    private static final long MIN_RENEWAL_INTERVAL_MILLIS = 50;

    private final RedisConnectionPool connections;
    private final Map<String, Duration> byConsumer = new ConcurrentHashMap<>();
    /** Receipt → {@link System#nanoTime} until which it stays with its consumer. */
    private final Map<Receipt, Long> extended = new ConcurrentHashMap<>();

    private final ReentrantLock starting = new ReentrantLock();
    private @Nullable EssentialThread renewer;

    Leases(RedisConnectionPool connections) {
        this.connections = connections;
    }

    void register(Subscription subscription) {
        byConsumer.merge(subscription.consumer(), subscription.lease(), (a, b) -> a.compareTo(b) < 0 ? a : b);
    }

    List<Receipt> renew(Collection<Receipt> receipts, Duration lease) {
        List<Receipt> lost = renewNow(receipts);
        for (Receipt receipt : receipts) {
            if (lease.compareTo(defaultLease(receipt)) > 0 && !lost.contains(receipt)) {
                extended.put(receipt, System.nanoTime() + lease.toNanos());
                start();
            } else {
                extended.remove(receipt);
            }
        }
        return lost;
    }

    void settled(Receipt receipt) {
        if (!extended.isEmpty()) {
            extended.remove(receipt);
        }
    }

    private Duration defaultLease(Receipt receipt) {
        return byConsumer.getOrDefault(receipt.consumer(), DEFAULT_LEASE);
    }

    private List<Receipt> renewNow(Collection<Receipt> receipts) {
        List<Receipt> all = List.copyOf(receipts);
        List<Receipt> lost = new ArrayList<>();
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Receipt> batch = all.subList(from, Math.min(all.size(), from + BATCH));
            List<@Nullable Object> answers = RedisReply.list(connections.run(Script.RENEW, ReceiptArguments.of(batch)));
            for (int i = 0; i < batch.size(); i++) {
                if (RedisReply.number(answers.get(i)) == 0) {
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
                renewer = EssentialThread.platform("redis-leases", this::renewLoop)
                        .start();
            }
        } finally {
            starting.unlock();
        }
    }

    private void renewLoop() {
        try {
            while (needed()) {
                long nap = extended.keySet().stream()
                        .mapToLong(receipt -> defaultLease(receipt).toMillis() / 4)
                        .min()
                        .orElse(MIN_RENEWAL_INTERVAL_MILLIS);
                Thread.sleep(Math.max(nap, MIN_RENEWAL_INTERVAL_MILLIS));
                renewOnce();
            }
        } catch (InterruptedException closed) {
            // Nothing is kept any longer.
        }
    }

    /** Decided where it is started, so that no lease falls between an ending thread and a new one. */
    private boolean needed() {
        starting.lock();
        try {
            if (!connections.closed() && !extended.isEmpty()) {
                return true;
            }
            renewer = null;
            return false;
        } finally {
            starting.unlock();
        }
    }

    private void renewOnce() {
        long now = System.nanoTime();
        extended.values().removeIf(end -> end - now <= 0);
        try {
            renewNow(extended.keySet()).forEach(extended::remove);
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
