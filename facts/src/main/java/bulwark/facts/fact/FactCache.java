package bulwark.facts.fact;

import bulwark.facts.Refusal;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rendered single facts, up to 32 MB. A fact never changes, but {@code contradicted} does: the writer drops what its
 * transaction touched, and an entry ends when a fact it depends on expires. Thread-safe.
 */
final class FactCache {
    private static final long MAX_BYTES = 32L << 20;

    private final Store store;
    private final Clock clock;
    private final Cache<String, Rendered> entries = Caffeine.newBuilder()
            .maximumWeight(MAX_BYTES)
            .weigher((String id, Rendered rendered) -> rendered.json.length + 256)
            .build();

    /** @param until microseconds since the epoch after which the rendering may be wrong */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Rendered(
            String id, String tenant, String cid, @Nullable String gardenId, byte[] json, long until) {}

    FactCache(Store store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Never blocks. */
    @Nullable
    Rendered present(String id) {
        Rendered rendered = entries.getIfPresent(id);
        return rendered != null && rendered.until > now() ? rendered : null;
    }

    /**
     * Loads inside the cache's own computation, so that a drop that comes meanwhile waits for it and then removes it.
     *
     * @throws Refusal.Plain 404
     */
    Rendered get(String id) {
        Rendered rendered = entries.get(id, this::load);
        if (rendered.until <= now()) {
            entries.asMap().remove(id, rendered);
            return entries.get(id, this::load);
        }
        return rendered;
    }

    /** Reads and checks the stored row, whatever the cache holds. */
    Rendered fresh(String id) {
        entries.invalidate(id);
        return get(id);
    }

    void drop(Collection<String> ids) {
        entries.invalidateAll(ids);
    }

    private Rendered load(String id) {
        Instant now = clock.instant();
        return store.read(tx -> {
            Fact fact = FactTable.byId(tx, id).orElseThrow(() -> new Refusal.Plain(404, "fact not found"));
            boolean contradicted =
                    !FactTable.contradicted(tx, List.of(fact), now).isEmpty();
            byte[] json = StrictJson.write(FactRecord.of(fact, contradicted, List.of(), true));
            return new Rendered(fact.id(), fact.tenant(), fact.cid(), fact.gardenId(), json, until(tx, fact, now));
        });
    }

    private static long until(ReadTx tx, Fact fact, Instant now) throws SQLException {
        Set<String> partners = Contradictions.partners(tx, fact.id());
        if (partners.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long until = Long.MAX_VALUE;
        partners.add(fact.id());
        PreparedStatement select = tx.statement("SELECT expires_at FROM facts WHERE id = ? AND expires_at > ?");
        for (String id : partners) {
            select.setString(1, id);
            select.setLong(2, Expiry.micros(now));
            try (ResultSet rows = select.executeQuery()) {
                until = rows.next() ? Math.min(until, rows.getLong(1)) : until;
            }
        }
        return until;
    }

    private long now() {
        return Expiry.micros(clock.instant());
    }
}
