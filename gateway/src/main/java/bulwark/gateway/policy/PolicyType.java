package bulwark.gateway.policy;

import bulwark.kernel.json.JsonFields;

/** Kinds of policies, in the order in which a call passes them. The first three see a call before its caller is known. */
public enum PolicyType {
    LOGGING,
    CORS,
    IP_FILTER,
    JWT_VALIDATION,
    RATE_LIMIT,
    TRANSFORM,
    CACHING;

    /** As documents have it. */
    public String wireName() {
        return JsonFields.word(this);
    }
}
