package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.policy.RateLimitRule;
import bulwark.gateway.quota.QuotaConsumer;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.kernel.quota.QuotaStatus;
import bulwark.kernel.quota.SlidingWindowLimiter;
import java.time.Clock;
import java.util.List;

/** A window for each key. Thread-safe. */
final class RateLimitExecutor implements PolicyExecutor {
    private static final String LIMIT = "X-RateLimit-Limit";
    private static final String REMAINING = "X-RateLimit-Remaining";
    private static final String RESET = "X-RateLimit-Reset";

    private final RateLimitRule rule;
    private final SlidingWindowLimiter windows;
    private final String sentence;

    RateLimitExecutor(RateLimitRule rule, Clock clock) {
        this.rule = rule;
        this.windows = new SlidingWindowLimiter(rule.limit(), rule.window(), rule.maxKeys(), clock);
        this.sentence = "Rate limit exceeded: policy limit of " + rule.limit() + " requests in "
                + rule.window().toSeconds() + " s reached";
    }

    @Override
    public PolicyVerdict decide(GatewayCall call) {
        SlidingWindowLimiter.Verdict verdict = windows.tryAcquire(key(call));
        QuotaStatus status = verdict.rateLimit();
        return verdict.admitted()
                ? new PolicyVerdict.Effect("pass", same -> tell(same, status))
                : new PolicyVerdict.Refuse(
                        new GatewayRefusal.QuotaExceeded(sentence, verdict.retryAfterSeconds()), fields(status));
    }

    private String key(GatewayCall call) {
        return switch (rule.key()) {
            case PRINCIPAL -> QuotaConsumer.of(call.principal(), call.peer());
            case ADDRESS -> QuotaConsumer.ofAddress(call.peer().address().getAddress());
            case ROUTE -> {
                ApiRoute route = call.route();
                yield route == null ? "" : route.id();
            }
        };
    }

    /** Of several limits the caller hears of the one with the least left. */
    private static void tell(GatewayCall call, QuotaStatus status) {
        List<String> said = call.answerFields();
        for (int i = 0; i + 1 < said.size(); i += 2) {
            if (said.get(i).equals(REMAINING) && Long.parseLong(said.get(i + 1)) < status.remaining()) {
                return;
            }
        }
        List<String> fields = fields(status);
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            call.setAnswerField(fields.get(i), fields.get(i + 1));
        }
    }

    private static List<String> fields(QuotaStatus status) {
        return List.of(
                LIMIT,
                Long.toString(status.limit()),
                REMAINING,
                Long.toString(status.remaining()),
                RESET,
                Long.toString(status.resetSeconds()));
    }
}
