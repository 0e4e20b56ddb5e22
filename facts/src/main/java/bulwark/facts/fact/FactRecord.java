package bulwark.facts.fact;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The wire form of a fact (spec §2.3), members in its order. */
public final class FactRecord {
    private FactRecord() {}

    /** @param read true fills source_trust and effective_confidence, which stay null on POST */
    public static Map<String, @Nullable Object> of(Fact fact, boolean contradicted, List<String> warnings, boolean read) {
        throw new UnsupportedOperationException("skeleton");
    }
}
