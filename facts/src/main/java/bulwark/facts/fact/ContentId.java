package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.kernel.signing.Digests;
import bulwark.web.ApiRefusal;

/** {@code sha256:} and 64 hex digits over what a fact says (Stigmem spec-21): not its id, time, expiry, garden or provenance. */
public final class ContentId {
    private static final String PREFIX = "sha256:";

    private ContentId() {}

    /** @param valueV stored text form; entity and source already normalised */
    public static String of(
            String entity,
            String relation,
            String valueType,
            String valueV,
            String source,
            double confidence,
            String scope) {
        String json = new SortedJsonWriter(160 + entity.length() + valueV.length() + source.length())
                .decimal("confidence", confidence)
                .text("entity", entity)
                .text("relation", relation)
                .text("scope", scope)
                .text("source", source)
                .text("value_type", valueType)
                .text("value_v", valueV)
                .finish();
        return PREFIX + Digests.sha256Hex(json);
    }

    public static String of(Fact fact) {
        return of(
                fact.entity(),
                fact.relation(),
                fact.valueType(),
                fact.valueV(),
                fact.source(),
                fact.confidence(),
                fact.scope());
    }

    /** Whether a reference means a content id rather than a fact id. */
    static boolean looksLike(String reference) {
        return reference.startsWith(PREFIX);
    }

    /** @throws ApiRefusal {@code cid_malformed} */
    static String parse(String reference) {
        if (!isWhole(reference)) {
            throw new ApiRefusal(MALFORMED, "cid_malformed", "a content id is sha256: and 64 hex digits");
        }
        return reference.toLowerCase(java.util.Locale.ROOT);
    }

    static boolean isWhole(String reference) {
        return reference.startsWith(PREFIX)
                && reference.length() == PREFIX.length() + 64
                && reference
                        .substring(PREFIX.length())
                        .chars()
                        .allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    }
}
