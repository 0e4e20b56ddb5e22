package bulwark.gateway.enforcement;

import bulwark.gateway.call.CallPolicies;
import bulwark.gateway.call.CopyBudget;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The answers that a gateway keeps, bounded in bytes over all policies; answers that are still coming may take a quarter of it besides. Thread-safe; never blocks. */
public final class ResponseCache {
    private static final int MAX_VARIANTS = 8;
    private static final int STRIPES = 1_024;
    private static final int COPIES_PART = 4;

    private final long maxBytes;
    private final CopyBudget copies;
    private final Cache<Key, List<StoredAnswer>> answers;
    private final Map<Resource, Set<Key>> byResource = new ConcurrentHashMap<>();
    /** Grows with each invalidation, so that an answer from before it is not kept after it. */
    private final AtomicLongArray invalidations = new AtomicLongArray(STRIPES);

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stores = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    /** @param target path and query as sent */
    record Resource(String route, String target) {}

    /**
     * @param policies of the route: once they change, what was kept under them is not found any more
     * @param caller empty where callers share answers
     */
    record Key(CallPolicies policies, Resource resource, String host, String caller) {}

    /**
     * What {@code GET /admin/cache/stats} shows.
     *
     * @param bytes about so many are taken
     */
    public record Stats(long hits, long misses, long stores, long evictions, long entries, long bytes, long maxBytes) {}

    public ResponseCache(long maxBytes) {
        this.maxBytes = maxBytes;
        this.copies = new CopyBudget(maxBytes / COPIES_PART);
        this.answers = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Key key, List<StoredAnswer> kept) -> weight(key, kept))
                .executor(Runnable::run)
                .removalListener((@Nullable Key key, @Nullable List<StoredAnswer> kept, RemovalCause cause) ->
                        removed(key, cause))
                .build();
    }

    private static int weight(Key key, List<StoredAnswer> kept) {
        return 2
                        * (key.resource().target().length()
                                + key.host().length()
                                + key.caller().length())
                + kept.stream().mapToInt(StoredAnswer::weight).sum();
    }

    private void removed(@Nullable Key key, RemovalCause cause) {
        if (key == null || cause == RemovalCause.REPLACED) {
            return;
        }
        if (cause.wasEvicted()) {
            evictions.increment();
        }
        byResource.computeIfPresent(key.resource(), (resource, keys) -> {
            if (!answers.asMap().containsKey(key)) {
                keys.remove(key);
            }
            return keys.isEmpty() ? null : keys;
        });
    }

    /** What answers under way may take. */
    CopyBudget copies() {
        return copies;
    }

    List<StoredAnswer> find(Key key) {
        List<StoredAnswer> kept = answers.getIfPresent(key);
        return kept == null ? List.of() : kept;
    }

    void hit() {
        hits.increment();
    }

    void missed() {
        misses.increment();
    }

    /** To be handed to {@link #keep} with the answer. */
    long moment(Resource resource) {
        return invalidations.get(stripe(resource));
    }

    /** @param moment at which the request was sent; what was invalidated since is not kept */
    void keep(Key key, StoredAnswer answer, long moment, long nowMillis) {
        if (moment(key.resource()) != moment) {
            return;
        }
        answers.asMap().compute(key, (same, before) -> with(before, answer, nowMillis));
        // One step with the removal of keys, and asked again: an invalidation finds each key that is kept, and no other
        // stays behind.
        byResource.compute(key.resource(), (resource, known) -> {
            Set<Key> keys = known == null ? ConcurrentHashMap.newKeySet() : known;
            if (answers.asMap().containsKey(key)) {
                keys.add(key);
            }
            return keys.isEmpty() ? null : keys;
        });
        stores.increment();
        if (moment(key.resource()) != moment) {
            invalidate(key.resource());
        }
    }

    private static List<StoredAnswer> with(@Nullable List<StoredAnswer> before, StoredAnswer answer, long nowMillis) {
        List<StoredAnswer> after = new ArrayList<>();
        after.add(answer);
        if (before != null) {
            before.stream()
                    .filter(other -> other.isFresh(nowMillis) && !other.vary().equals(answer.vary()))
                    .limit(MAX_VARIANTS - 1L)
                    .forEach(after::add);
        }
        return List.copyOf(after);
    }

    /** Nothing that was kept of the resource is given any more, to no caller (RFC 9111 §4.4). */
    void invalidate(Resource resource) {
        invalidations.incrementAndGet(stripe(resource));
        Set<Key> keys = byResource.get(resource);
        if (keys != null) {
            answers.invalidateAll(List.copyOf(keys));
        }
    }

    private static int stripe(Resource resource) {
        return Math.floorMod(resource.hashCode(), STRIPES);
    }

    /** @return how many resources of callers were forgotten */
    public long clear() {
        for (int i = 0; i < STRIPES; i++) {
            invalidations.incrementAndGet(i);
        }
        long entries = answers.estimatedSize();
        answers.invalidateAll();
        return entries;
    }

    public Stats stats() {
        answers.cleanUp();
        long bytes = answers.policy()
                .eviction()
                .map(Policy.Eviction::weightedSize)
                .filter(java.util.OptionalLong::isPresent)
                .map(java.util.OptionalLong::getAsLong)
                .orElse(0L);
        return new Stats(
                hits.sum(), misses.sum(), stores.sum(), evictions.sum(), answers.estimatedSize(), bytes, maxBytes);
    }
}
