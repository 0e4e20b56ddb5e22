package bulwark.facts.fact;

import bulwark.kernel.time.Timestamps;
import bulwark.kernel.time.UuidV7;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Facts that have everything but their place in the store. Thread-safe. */
final class FactDrafts {
    static final String SYSTEM_SOURCE = "system:stigmem";

    private final Clock clock;

    FactDrafts(Clock clock) {
        this.clock = clock;
    }

    Fact asserted(AssertRequest request, String tenant, @Nullable String gardenId) {
        FactValue value = request.value();
        return draft(
                tenant,
                request.entity(),
                request.relation(),
                value.type(),
                value.stored(),
                value.interpretAs(),
                request.source(),
                request.validUntil(),
                request.confidence(),
                request.scope().wire(),
                gardenId,
                request.derivedFrom());
    }

    /** A statement of confidence 1 about conflicts, in the scope and garden of the fact that caused it. */
    Fact statement(Fact cause, String entity, String relation, String type, String value, String source) {
        return draft(
                cause.tenant(),
                entity,
                relation,
                type,
                value,
                FactValue.CONTENT,
                source,
                null,
                1.0,
                cause.scope(),
                cause.gardenId(),
                List.of());
    }

    private Fact draft(
            String tenant,
            String entity,
            String relation,
            String type,
            String value,
            String interpretAs,
            String source,
            @Nullable String validUntil,
            double confidence,
            String scope,
            @Nullable String gardenId,
            List<Fact.Derivation> derivedFrom) {
        Instant now = clock.instant();
        return new Fact(
                0,
                UuidV7.next(now),
                tenant,
                entity,
                relation,
                type,
                value,
                interpretAs,
                source,
                Timestamps.offset(now),
                0,
                0,
                validUntil,
                confidence,
                scope,
                gardenId,
                null,
                ContentId.of(entity, relation, type, value, source, confidence, scope),
                derivedFrom);
    }
}
