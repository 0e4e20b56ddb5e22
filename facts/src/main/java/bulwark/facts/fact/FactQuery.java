package bulwark.facts.fact;

import static bulwark.web.ApiRefusal.Kind.MALFORMED;
import static bulwark.web.ApiRefusal.Kind.UNSUPPORTED;

import bulwark.facts.Scope;
import bulwark.facts.ScopeLimit;
import bulwark.kernel.time.Timestamps;
import bulwark.web.ApiRefusal;
import bulwark.web.QueryParameters;
import bulwark.web.Request;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code GET /v1/facts} asks for.
 *
 * @param after facts with a later timestamp only, in the stored form
 * @param cursor position as the caller sent it
 * @param gardenUri facts of this garden only
 * @param attested facts with (true) or without (false) an attestation only
 */
record FactQuery(
        @Nullable String entity,
        @Nullable String relation,
        @Nullable String source,
        @Nullable String scope,
        double minConfidence,
        Contradicted contradicted,
        boolean includeExpired,
        @Nullable String after,
        @Nullable String cursor,
        int limit,
        @Nullable String gardenUri,
        @Nullable Boolean attested) {

    /** What to do with facts that lost a contradiction: hide them (LATEST is another word for it) or show them. */
    enum Contradicted {
        HIDE,
        LATEST,
        ALL
    }

    /** @throws ApiRefusal when a parameter is wrong, the scope is unknown or a moment of the past is asked for */
    static FactQuery parse(Request request) {
        QueryParameters query = QueryParameters.of(request);
        if (request.query("as_of").isPresent()) {
            throw new ApiRefusal(
                    UNSUPPORTED, "time_travel_plugin_not_loaded", "as_of queries are not available on this node");
        }
        Optional<Scope> scope = query.oneOf("scope", Scope.NAMES).flatMap(Scope::of);
        scope.ifPresent(named -> ScopeLimit.require(request.principal(), named));
        boolean all = query.flag("include_contradicted", false);
        Contradicted contradicted = query.oneOf("contradiction", Set.of("latest", "all", "hide"))
                .map(word -> Contradicted.valueOf(word.toUpperCase(java.util.Locale.ROOT)))
                .orElse(all ? Contradicted.ALL : Contradicted.HIDE);
        Optional<String> after = query.optionalText("after").map(FactQuery::timestamp);
        query.flag("include_low_trust", false);
        Optional<String> attested = query.optionalText("attested");
        FactQuery parsed = new FactQuery(
                query.optionalText("entity").map(EntityUri::normalise).orElse(null),
                query.optionalText("relation").orElse(null),
                query.optionalText("source").map(EntityUri::normalise).orElse(null),
                scope.map(Scope::wire).orElse(null),
                query.number("min_confidence", 0.0, 0.0, 1.0),
                contradicted,
                query.flag("include_expired", false),
                after.orElse(null),
                query.optionalText("cursor").orElse(null),
                (int) query.wholeNumber("limit", 50, 1, 500),
                query.optionalText("garden_id").orElse(null),
                attested.isEmpty() ? null : query.flag("attested", false));
        query.check();
        return parsed;
    }

    private static String timestamp(String after) {
        return QueryParameters.instantOf(after)
                .map(Timestamps::offset)
                .orElseThrow(
                        () -> new ApiRefusal(MALFORMED, "invalid_time", "after must be an ISO 8601 date and time"));
    }
}
