package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;

import bulwark.facts.Scope;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import bulwark.web.FieldsRefused;
import bulwark.web.RequestBody;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants to assert: checked and normalised, not yet a fact.
 *
 * @param expires validUntil as an instant
 * @param gardenUri as given, {@code …/garden/<slug>}
 * @param warnings what was filled in or is doubtful, for the answer
 */
record AssertRequest(
        String entity,
        String relation,
        FactValue value,
        String source,
        double confidence,
        Scope scope,
        @Nullable String validUntil,
        @Nullable Instant expires,
        @Nullable String gardenUri,
        String writeMode,
        List<Fact.Derivation> derivedFrom,
        List<String> warnings) {
    private static final int MAX_NAME = 2048;
    private static final int MAX_DERIVATIONS = 256;
    private static final String SCOPES = "scope must be one of {'company', 'local', 'public', 'team'}";

    /**
     * @param caller stands in for a missing source
     * @throws FieldsRefused with every faulty field
     * @throws ApiRefusal for a blank URI or an attestation by an unknown key
     */
    static AssertRequest parse(byte[] json, String caller) {
        RequestBody body = RequestBody.parse(json);
        String entity = body.name("entity", 1, MAX_NAME, true);
        String relation = body.name("relation", 1, MAX_NAME, false);
        FactValue value = FactValue.read(body, "value");
        Optional<String> source = body.optionalName("source", 1, MAX_NAME, true);
        double confidence = body.number("confidence", 1.0, 0.0, 1.0) + 0.0;
        Optional<Scope> scope = scope(body);
        Optional<String> validUntil = body.optionalText("valid_until", 1, 64);
        Optional<Instant> expires = validUntil.flatMap(Timestamps::parse);
        if (validUntil.isPresent() && expires.isEmpty()) {
            body.invalid("valid_until", "valid_until must be an ISO 8601 date and time");
        }
        Optional<String> garden = body.optionalText("garden_id", 1, MAX_NAME);
        String writeMode = writeMode(body);
        List<Fact.Derivation> derivedFrom = derivations(body);
        boolean attested = body.optionalObject("attestation").isPresent();
        body.check();
        if (attested) {
            throw new ApiRefusal(
                    MALFORMED,
                    "attestation_key_not_found",
                    "attestation key not found: no agent key is registered with this node");
        }
        return new AssertRequest(
                EntityUri.normalise(entity),
                relation,
                value,
                EntityUri.normalise(source.orElse(caller)),
                confidence,
                scope.orElse(Scope.LOCAL),
                validUntil.orElse(null),
                expires.orElse(null),
                garden.orElse(null),
                writeMode,
                derivedFrom,
                warnings(relation, value, source.isEmpty() ? caller : null));
    }

    private static Optional<Scope> scope(RequestBody body) {
        Optional<String> text = body.optionalText("scope");
        Optional<Scope> scope = text.flatMap(Scope::of);
        if (text.isPresent() && scope.isEmpty()) {
            body.invalid("scope", SCOPES);
        }
        return scope;
    }

    private static String writeMode(RequestBody body) {
        String mode = body.optionalText("write_mode").orElse("assert");
        if (!mode.equals("assert") && !mode.equals("summarize_with_provenance")) {
            body.error("literal_error", "write_mode", "Input should be 'assert' or 'summarize_with_provenance'");
        }
        return mode;
    }

    private static List<Fact.Derivation> derivations(RequestBody body) {
        List<RequestBody> given = body.objects("derived_from");
        if (given.size() > MAX_DERIVATIONS) {
            body.error("too_long", "derived_from", "List should have at most " + MAX_DERIVATIONS + " items");
        }
        List<Fact.Derivation> derivations = new ArrayList<>();
        for (RequestBody each : given) {
            Optional<String> hash = each.optionalText("hash", 1, 128);
            Optional<String> factId = each.optionalText("fact_id", 1, 128);
            if (hash.isPresent() && !ContentId.isWhole(hash.get())) {
                each.invalid("hash", "hash must be the cid of a fact: sha256: and 64 hex digits");
            }
            if (!each.has("hash") && !each.has("fact_id")) {
                each.error("missing", "fact_id", "Field required: fact_id or hash says what the fact was derived from");
            }
            derivations.add(new Fact.Derivation(hash.orElse(null), factId.orElse(null)));
        }
        return List.copyOf(derivations);
    }

    private static List<String> warnings(String relation, FactValue value, @Nullable String assumedSource) {
        List<String> warnings = new ArrayList<>();
        if (isSystemName(relation)) {
            warnings.add("relation '" + relation + "' uses reserved system prefix 'stigmem:'; non-system callers should"
                    + " use a custom namespace prefix (see spec §9.1)");
        } else if (!relation.contains(":")) {
            warnings.add("bare relation '" + relation + "' has no namespace prefix; rename to 'your-prefix:" + relation
                    + "' to prevent silent collisions (see relation-convention.md)");
        }
        if (value.bare()) {
            warnings.add("value was given without a type; stored as type '" + value.type() + "'");
        }
        if (assumedSource != null) {
            warnings.add("source was not given; defaulted to the caller '" + assumedSource + "'");
        }
        return List.copyOf(warnings);
    }

    /** The node's own vocabulary, which is outside contradiction checks. */
    static boolean isSystemName(String name) {
        return name.startsWith("stigmem:") && !name.startsWith("stigmem://");
    }
}
