package bulwark.facts.fact;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The wire form of a fact, members in Stigmem's order. */
public final class FactRecord {
    private FactRecord() {}

    /** @param read true fills source_trust and effective_confidence, which stay null on POST */
    public static Map<String, @Nullable Object> of(
            Fact fact, boolean contradicted, List<String> warnings, boolean read) {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("type", fact.valueType());
        value.put("v", FactValue.wire(fact.valueType(), fact.valueV()));
        value.put("interpret_as", fact.interpretAs());
        Map<String, @Nullable Object> wire = new LinkedHashMap<>(64);
        wire.put("id", fact.id());
        wire.put("entity", fact.entity());
        wire.put("relation", fact.relation());
        wire.put("value", value);
        wire.put("source", fact.source());
        wire.put("timestamp", fact.timestamp());
        wire.put("hlc", HybridClock.text(fact.hlcWall(), fact.hlcCounter()));
        wire.put("received_from", null);
        wire.put("valid_until", fact.validUntil());
        wire.put("confidence", fact.confidence());
        wire.put("scope", fact.scope());
        wire.put("attested_key_id", fact.attestedKeyId());
        wire.put("origin_node_id", null);
        wire.put("origin_allowed_scopes", null);
        wire.put("garden_id", fact.gardenId());
        wire.put("attested", fact.attestedKeyId() == null ? null : Boolean.TRUE);
        wire.put("contradicted", contradicted);
        wire.put("warnings", warnings);
        // A fact asserted at this node by an authenticated caller carries no discount.
        wire.put("source_trust", read ? Double.valueOf(1.0) : null);
        wire.put("quarantine_status", null);
        wire.put("quarantine_garden_id", null);
        wire.put("effective_confidence", read ? Double.valueOf(fact.confidence()) : null);
        wire.put("sanitizer_warnings", List.of());
        wire.put("sanitizer_redacted", false);
        wire.put("cid", fact.cid());
        wire.put("derived_from", FactRow.wire(fact.derivedFrom()));
        return wire;
    }
}
