package bulwark.gateway.quota;

import bulwark.gateway.redis.SharedRedis;
import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.PlanQuotas;
import bulwark.kernel.quota.PlanUsage;
import bulwark.kernel.quota.QuotaDecision;
import bulwark.kernel.quota.QuotaDecision.Admitted;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.time.UuidV7;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Counts together with other gateways, in one Redis. Calls that come at one time are counted by one script, and of consumers with much left the store counts some calls ahead, which this gateway
 * then admits by itself for at most a second: the limits of a plan hold for all gateways together, and a gateway that ends leaves at most a sixteenth of what was left of a limit unused. When the
 * store is gone or silent for the answer timeout, each plan says what holds until it is back. Thread-safe; no caller ever waits.
 */
final class SharedCounters implements QuotaCounters {
    static final String FAILURES = "stoa_quota_store_failures";
    static final String DECISIONS = "stoa_quota_without_store";

    private static final Logger LOG = LoggerFactory.getLogger(SharedCounters.class);
    private static final int BATCH = 256;
    private static final int MAX_SHARES = 200_000;
    private static final int MAX_AHEAD = 1_000;
    /** With what a decision costs besides, a caller knows within 50 ms. */
    static final Duration ANSWER_TIMEOUT = Duration.ofMillis(40);

    private static final int MIN_TIMEOUT_MILLIS = 5;
    /** What is held expires here a fifth of a second before the store thinks so. */
    private static final long LEASE_MILLIS = 1_000;

    private static final long HOLD_NANOS = 800_000_000L;
    private static final long IDLE_NANOS = 400_000_000L;
    private static final long SWEEP_NANOS = 250_000_000L;
    private static final long HEARTBEAT_NANOS = 10_000_000_000L;
    private static final long RETRY_NANOS = 250_000_000L;
    private static final long FORGET_NANOS = Duration.ofMinutes(5).toNanos();

    private final SharedRedis redis;
    private final int answerMillis;
    private final Metrics metrics;
    private final Clock clock;
    private final String gateway;
    private final ConcurrentLinkedQueue<Request> queue = new ConcurrentLinkedQueue<>();
    private final Map<String, ConsumerShare> shares = new ConcurrentHashMap<>();
    private final EssentialThread worker;
    private volatile boolean idle;
    private volatile boolean closed;
    private volatile boolean down = true;
    private volatile int gateways = 1;
    private volatile PlanQuotas local;
    private long sweptAt;
    private long calledAt;

    private record Request(
            String consumer, QuotaPlan plan, CompletableFuture<QuotaDecision> decision, long sinceNanos) {}

    /** @param answerTimeout after which the store counts as gone */
    SharedCounters(SharedRedis redis, Duration answerTimeout, Metrics metrics, Clock clock) {
        this.redis = redis;
        this.answerMillis = Math.toIntExact(answerTimeout.toMillis());
        this.metrics = metrics;
        this.clock = clock;
        gateway = UuidV7.next(clock.instant());
        local = new PlanQuotas(MAX_SHARES, clock);
        worker = EssentialThread.virtual("quota-redis", this::run).start();
    }

    /** Whether the store does not answer at present. */
    boolean isDown() {
        return down;
    }

    @Override
    public @Nullable QuotaDecision tryReserve(String consumer, QuotaPlan plan) {
        if (down) {
            return withoutStore(consumer, plan);
        }
        ConsumerShare share = shares.get(consumer);
        return share == null ? null : share.tryTake(plan, System.nanoTime());
    }

    @Override
    public CompletionStage<QuotaDecision> reserve(String consumer, QuotaPlan plan) {
        Request request = new Request(consumer, plan, new CompletableFuture<>(), System.nanoTime());
        queue.add(request);
        if (idle) {
            LockSupport.unpark(worker.thread());
        }
        if (down || closed) {
            // The worker may have emptied the queue just before this one came.
            refuseQueued();
        }
        return request.decision();
    }

    private QuotaDecision withoutStore(String consumer, QuotaPlan plan) {
        metrics.count(DECISIONS, "policy", plan.onStoreFailure().name().toLowerCase(java.util.Locale.ROOT));
        return switch (plan.onStoreFailure()) {
            case REFUSE -> new QuotaDecision.StoreUnavailable(1);
            case ALLOW -> new Admitted(null);
            case LOCAL -> local.reserve(consumer, plan.share(Math.max(1, gateways)));
        };
    }

    private void run() {
        while (!closed) {
            try (RedisQuotaScript script = RedisQuotaScript.connect(redis, gateway, answerMillis)) {
                if (down) {
                    settleLocal(script);
                }
                serve(script);
            } catch (JedisException e) {
                failed(e);
                refuseQueued();
                LockSupport.parkNanos(this, RETRY_NANOS);
            }
        }
        refuseQueued();
    }

    private void failed(JedisException e) {
        if (!down) {
            LOG.warn(
                    "The Redis that quotas are shared through does not answer ({}): {}. Each plan says what holds now.",
                    redis,
                    e.getMessage());
            metrics.count(FAILURES);
            local = new PlanQuotas(MAX_SHARES, clock);
            down = true;
        }
    }

    /** What was admitted without the store is counted there before anything else is. */
    private void settleLocal(RedisQuotaScript script) {
        PlanQuotas counted = local;
        List<PlanQuotas.Usage> usages = counted.busiest(Integer.MAX_VALUE);
        for (int from = 0; from < usages.size(); from += BATCH) {
            List<RedisQuotaScript.Entry> entries = new ArrayList<>();
            for (PlanQuotas.Usage usage : usages.subList(from, Math.min(usages.size(), from + BATCH))) {
                ConsumerShare share = share(usage.consumer());
                long calls = usage.dayCount();
                entries.add(new RedisQuotaScript.Entry(
                        usage.consumer(), usage.plan(), 0, 0, share.takeAll(), 0, calls, share.known, share.epoch));
            }
            apply(script.run(entries, System.nanoTime(), LEASE_MILLIS, answerMillis), entries, Map.of());
        }
        script.run(List.of(), System.nanoTime(), LEASE_MILLIS, answerMillis);
        local = new PlanQuotas(MAX_SHARES, clock);
        if (down) {
            LOG.info("Quotas are shared through {}.", redis);
        }
        down = false;
    }

    private void serve(RedisQuotaScript script) {
        while (!closed) {
            Map<String, List<Request>> batch = drain();
            long now = System.nanoTime();
            List<RedisQuotaScript.Entry> entries = entries(batch, now);
            if (now - sweptAt > SWEEP_NANOS) {
                sweptAt = now;
                giveBackIdle(batch, entries, now);
            }
            if (entries.isEmpty() && now - calledAt < HEARTBEAT_NANOS) {
                idle = true;
                if (queue.isEmpty() && !closed) {
                    LockSupport.parkNanos(this, SWEEP_NANOS);
                }
                idle = false;
                continue;
            }
            try {
                apply(script.run(entries, now, LEASE_MILLIS, timeout(batch, now)), entries, batch);
                calledAt = now;
            } catch (JedisException e) {
                failed(e);
                batch.values().forEach(requests -> requests.forEach(this::decideWithoutStore));
                throw e;
            }
        }
    }

    private Map<String, List<Request>> drain() {
        Map<String, List<Request>> batch = new LinkedHashMap<>();
        for (int i = 0; i < BATCH; i++) {
            Request request = queue.poll();
            if (request == null) {
                break;
            }
            ConsumerShare share = shares.get(request.consumer());
            QuotaDecision already = share == null ? null : share.tryTake(request.plan(), System.nanoTime());
            if (already != null) {
                request.decision().complete(already);
            } else {
                batch.computeIfAbsent(request.consumer(), name -> new ArrayList<>())
                        .add(request);
            }
        }
        return batch;
    }

    private List<RedisQuotaScript.Entry> entries(Map<String, List<Request>> batch, long now) {
        List<RedisQuotaScript.Entry> entries = new ArrayList<>();
        batch.forEach((consumer, requests) -> {
            ConsumerShare share = share(consumer);
            int left = share.left(now);
            int back = left == 0 ? share.takeAll() : 0;
            QuotaPlan plan = requests.getLast().plan();
            entries.add(new RedisQuotaScript.Entry(
                    consumer,
                    plan,
                    requests.size(),
                    ahead(share, requests.size(), now),
                    back,
                    left,
                    0,
                    share.known,
                    share.epoch));
        });
        return entries;
    }

    /** Twice what came since the last word with the store, as far as that was lately. */
    private static int ahead(ConsumerShare share, int needed, long now) {
        long since = now - share.askedNanos;
        share.askedNanos = now;
        int wanted = since > IDLE_NANOS ? 0 : 2 * (share.granted + needed);
        return Math.min(MAX_AHEAD, wanted);
    }

    private void giveBackIdle(Map<String, List<Request>> batch, List<RedisQuotaScript.Entry> entries, long now) {
        shares.forEach((consumer, share) -> {
            if (batch.containsKey(consumer) || entries.size() >= 2 * BATCH) {
                return;
            }
            if (now - share.usedNanos > IDLE_NANOS) {
                int back = share.takeAll();
                QuotaPlan plan = share.plan;
                if (back > 0 && plan != null) {
                    entries.add(new RedisQuotaScript.Entry(consumer, plan, 0, 0, back, 0, 0, share.known, share.epoch));
                } else if (now - share.usedNanos > FORGET_NANOS && shares.size() > MAX_SHARES / 2) {
                    shares.remove(consumer, share);
                }
            }
        });
    }

    private int timeout(Map<String, List<Request>> batch, long now) {
        long oldest = now;
        for (List<Request> requests : batch.values()) {
            oldest = Math.min(oldest, requests.getFirst().sinceNanos());
        }
        long left = answerMillis - (now - oldest) / 1_000_000;
        return (int) Math.clamp(left, MIN_TIMEOUT_MILLIS, answerMillis);
    }

    private void apply(
            RedisQuotaScript.Reply reply, List<RedisQuotaScript.Entry> entries, Map<String, List<Request>> batch) {
        gateways = reply.gateways();
        long expires = reply.sentNanos() + Math.min(HOLD_NANOS, reply.nanosToMidnight());
        for (int i = 0; i < entries.size(); i++) {
            RedisQuotaScript.Entry entry = entries.get(i);
            RedisQuotaScript.Grant grant = reply.grants().get(i);
            ConsumerShare share = share(entry.consumer());
            share.known = grant.usage();
            share.epoch = reply.epoch();
            share.plan = entry.plan();
            share.granted = grant.needed() + grant.ahead();
            if (grant.ahead() > 0 || entry.left() > 0) {
                share.add(
                        grant.ahead(), expires, entry.plan(), grant.usage().rateLimit(entry.plan(), reply.nowNanos()));
            }
            complete(batch.getOrDefault(entry.consumer(), List.of()), entry.plan(), grant, share, reply);
        }
    }

    private static void complete(
            List<Request> requests,
            QuotaPlan plan,
            RedisQuotaScript.Grant grant,
            ConsumerShare share,
            RedisQuotaScript.Reply reply) {
        if (requests.isEmpty()) {
            return;
        }
        PlanUsage usage = grant.usage();
        Admitted admitted = new Admitted(usage.rateLimit(plan, reply.nowNanos()));
        QuotaDecision refused = null;
        if (grant.needed() < requests.size()) {
            refused = usage.decide(plan, reply.nowNanos());
            if (!(refused instanceof QuotaDecision.Exhausted)) {
                // A microsecond's rounding, or calls that another gateway holds: there may be some again in a moment.
                refused = RedisQuotaScript.soon(plan, usage, reply.nowNanos());
            }
            share.refused(refused, plan, System.nanoTime());
        }
        for (int i = 0; i < requests.size(); i++) {
            requests.get(i).decision().complete(i < grant.needed() || refused == null ? admitted : refused);
        }
    }

    private ConsumerShare share(String consumer) {
        return shares.computeIfAbsent(consumer, name -> new ConsumerShare());
    }

    private void refuseQueued() {
        for (Request request = queue.poll(); request != null; request = queue.poll()) {
            decideWithoutStore(request);
        }
    }

    private void decideWithoutStore(Request request) {
        request.decision().complete(withoutStore(request.consumer(), request.plan()));
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(worker.thread());
        worker.awaitEnd(Duration.ofSeconds(5));
        redis.close();
    }
}
