package bulwark.facts.fact;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One immutable fact as stored.
 *
 * @param rowId position in the store, ascending in insertion order; also the chain position of its tenant's single-tenant node
 * @param valueV stored text form of the value (spec §2.1)
 * @param interpretAs {@code content} or {@code instruction}
 * @param timestamp offset form with six digits
 * @param validUntil as given by the caller, or null
 * @param gardenId UUID of its garden, or null
 * @param derivedFrom as given, hash and fact id
 */
public record Fact(
        long rowId,
        String id,
        String tenant,
        String entity,
        String relation,
        String valueType,
        String valueV,
        String interpretAs,
        String source,
        String timestamp,
        long hlcWall,
        int hlcCounter,
        @Nullable String validUntil,
        double confidence,
        String scope,
        @Nullable String gardenId,
        @Nullable String attestedKeyId,
        String cid,
        List<Derivation> derivedFrom) {

    /** The same fact at another place of the store. */
    Fact placed(long newRowId, HybridClock.Stamp stamp, @Nullable String newGardenId) {
        return new Fact(
                newRowId,
                id,
                tenant,
                entity,
                relation,
                valueType,
                valueV,
                interpretAs,
                source,
                timestamp,
                stamp.wall(),
                stamp.counter(),
                validUntil,
                confidence,
                scope,
                newGardenId,
                attestedKeyId,
                cid,
                derivedFrom);
    }

    Fact inGarden(String garden) {
        return placed(rowId, new HybridClock.Stamp(hlcWall, hlcCounter), garden);
    }

    /** One member of derived_from. */
    public record Derivation(
            @Nullable String hash, @Nullable String factId) {}
}
