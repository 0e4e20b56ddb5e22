package bulwark.gateway.policy;

import java.util.Map;

/** What a policy does: the object {@code config} of its document. */
public sealed interface PolicyRule
        permits CachingRule, CorsRule, IpFilterRule, JwtRule, LoggingRule, RateLimitRule, TransformRule {
    PolicyType type();

    /** Every field, as {@link PolicyJson} reads it. */
    Map<String, Object> fields();
}
