package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.NOT_FOUND;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import bulwark.web.ApiRefusal;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Rendered single facts, in up to a quarter of the heap. A fact never changes, but {@code contradicted} does: the writer drops
 * what its transaction touched, and an entry ends when a fact it depends on expires. Thread-safe.
 */
public final class FactCache {
    /** Bytes that an entry takes beside its rendering: id, record, and what the cache keeps of it. */
    private static final int OVERHEAD = 256;

    private final Store store;
    private final Clock clock;
    private final AtomicLong drops = new AtomicLong();
    private final Cache<String, RenderedFact> entries = Caffeine.newBuilder()
            .maximumWeight(Runtime.getRuntime().maxMemory() / 4)
            .weigher((String id, RenderedFact rendered) -> rendered.packed().length + OVERHEAD)
            .build();

    FactCache(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Never blocks. */
    @Nullable
    RenderedFact present(String id) {
        return current(entries.getIfPresent(id));
    }

    /**
     * As {@link #present}, for who looks at many facts at once: what they look at counts as no use of it. Noting each use would touch all of the cache, and each collection of
     * garbage would then look through it.
     */
    public @Nullable RenderedFact ifPresent(String id) {
        return current(entries.policy().getIfPresentQuietly(id));
    }

    private @Nullable RenderedFact current(@Nullable RenderedFact rendered) {
        return rendered != null && (rendered.until() == Long.MAX_VALUE || rendered.until() > now()) ? rendered : null;
    }

    /**
     * Loads inside the cache's own computation, so that a drop that comes meanwhile waits for it and then removes it.
     *
     * @throws ApiRefusal {@code fact_not_found}
     */
    RenderedFact get(String id) {
        RenderedFact rendered = entries.get(id, this::load);
        if (rendered.until() <= now()) {
            entries.asMap().remove(id, rendered);
            return entries.get(id, this::load);
        }
        return rendered;
    }

    /** Reads and checks the stored row, whatever the cache holds. */
    RenderedFact fresh(String id) {
        entries.invalidate(id);
        return get(id);
    }

    void drop(Collection<String> ids) {
        drops.incrementAndGet();
        entries.invalidateAll(ids);
    }

    /** Tells one state of the cache from another; taken before a transaction begins, for {@link #keep}. */
    public long state() {
        return drops.get();
    }

    /**
     * Remembers what {@link #read} gave, unless something was dropped since its transaction began: it may be older than the
     * drop. May wait for another load of the same fact, so never within a transaction.
     */
    public void keep(Collection<RenderedFact> facts, long state) {
        for (RenderedFact fact : facts) {
            RenderedFact ignored = entries.get(fact.id(), id -> drops.get() == state ? fact : null);
        }
    }

    /**
     * Facts by row, read and checked in the caller's transaction.
     *
     * @return in any order; unknown rows are left out
     * @throws ApiRefusal when a row does not match its content id or its journal record
     */
    public static List<RenderedFact> read(ReadTx tx, Collection<Long> rows, Instant now) throws SQLException {
        List<Fact> facts = FactTable.byRows(tx, rows);
        Set<String> contradicted = FactTable.contradicted(tx, facts, now);
        List<RenderedFact> read = new ArrayList<>(facts.size());
        for (Fact fact : facts) {
            read.add(rendered(tx, fact.id(), fact, contradicted.contains(fact.id()), now));
        }
        return read;
    }

    private RenderedFact load(String id) {
        Instant now = clock.instant();
        return store.read(tx -> {
            Fact fact = FactTable.byId(tx, id)
                    .orElseThrow(() -> new ApiRefusal(NOT_FOUND, "fact_not_found", "fact not found"));
            boolean contradicted =
                    !FactTable.contradicted(tx, List.of(fact), now).isEmpty();
            return rendered(tx, id, fact, contradicted, now);
        });
    }

    /** @param id the cache's own key, so that it is held once */
    private static RenderedFact rendered(ReadTx tx, String id, Fact fact, boolean contradicted, Instant now)
            throws SQLException {
        Map<String, @Nullable Object> wire = FactRecord.of(fact, contradicted, List.of(), true);
        FactStanding.Ties ties = FactStanding.ties(tx, id, now);
        FactStanding.tell(tx, id, ties, now, wire);
        byte[] json = StrictJson.write(wire);
        return new RenderedFact(
                id,
                fact.tenant().intern(),
                fact.scope().intern(),
                fact.gardenId(),
                RenderedFactCodec.of(json),
                json.length,
                contradicted,
                fact.interpretAs().equals(FactValue.INSTRUCTION),
                fact.confidence(),
                IsoInstants.endMicros(fact.validUntil()),
                ties.end());
    }

    private long now() {
        return IsoInstants.micros(clock.instant());
    }
}
