package bulwark.facts.capability;

import static bulwark.web.ApiRefusal.Kind.INVALID;

import bulwark.facts.Scope;
import bulwark.web.ApiRefusal;
import java.util.Set;

/** What a caller asks a token for, checked for form. @param ttlSeconds 1 to 90 days */
record CapabilityRequest(String issuer, String subject, String verb, String object, long ttlSeconds) {
    static final long MAX_TTL_SECONDS = 7_776_000;
    private static final Set<String> VERBS = Set.of("read", "write", "subscribe", "tombstone:read", "tombstone:write");
    private static final String ALL_FACTS = "stigmem://facts";
    private static final String ONE_SCOPE = ALL_FACTS + "/scope:";

    CapabilityRequest {
        if (issuer.isBlank() || subject.isBlank() || verb.isBlank() || object.isBlank()) {
            throw new ApiRefusal(INVALID, "incomplete_grant", "issuer, subject, verb, and object are required");
        }
        if (ttlSeconds > MAX_TTL_SECONDS) {
            throw new ApiRefusal(INVALID, "ttl_too_long", "ttl_seconds exceeds 90-day maximum (7776000s)");
        }
        if (ttlSeconds <= 0) {
            throw new ApiRefusal(INVALID, "ttl_not_positive", "ttl_seconds must be a whole number greater than 0");
        }
        if (!VERBS.contains(verb)) {
            throw new ApiRefusal(
                    INVALID,
                    "unknown_verb",
                    "verb must be one of " + VERBS.stream().sorted().toList());
        }
        if (!isKnownObject(object)) {
            throw new ApiRefusal(
                    INVALID,
                    "unknown_object",
                    "object must be stigmem://facts or stigmem://facts/scope:<scope> with one known scope, no wildcards");
        }
    }

    private static boolean isKnownObject(String object) {
        return object.equals(ALL_FACTS)
                || (object.startsWith(ONE_SCOPE)
                        && Scope.of(object.substring(ONE_SCOPE.length())).isPresent());
    }
}
