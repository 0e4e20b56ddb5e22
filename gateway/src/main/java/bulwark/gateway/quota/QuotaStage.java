package bulwark.gateway.quota;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.access.Principal;
import bulwark.kernel.metrics.Metrics;
import bulwark.kernel.quota.QuotaDecision;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaStatus;
import bulwark.kernel.quota.SlidingWindowLimiter;
import org.jspecify.annotations.Nullable;

/**
 * Reserves a call against the limit of its tenant and the plan of its consumer, before it is made and once whatever is retried. Both are taken, or neither. Every answer to a caller that got here
 * says what is left. Thread-safe.
 */
public final class QuotaStage implements RequestStage {
    static final String HITS = "stoa_rate_limit_hits";
    private static final String ANONYMOUS = "anonymous";

    private final QuotaCounters counters;
    private final PlanTable plans;
    private final SlidingWindowLimiter tenants;
    private final Metrics metrics;

    QuotaStage(QuotaCounters counters, PlanTable plans, SlidingWindowLimiter tenants, Metrics metrics) {
        this.counters = counters;
        this.plans = plans;
        this.tenants = tenants;
        this.metrics = metrics;
    }

    @Override
    public StageResult decide(GatewayCall call) {
        Principal principal = call.principal();
        String tenant = principal == null ? ANONYMOUS : principal.tenant();
        SlidingWindowLimiter.Verdict ofTenant = principal == null ? null : tenants.tryAcquire(tenant);
        if (ofTenant != null && !ofTenant.admitted()) {
            call.decidedBy("tenant rate limit");
            tell(call, ofTenant.rateLimit());
            return exceeded(
                    tenant,
                    QuotaSentences.rate("per_minute", ofTenant.rateLimit().limit()),
                    ofTenant.retryAfterSeconds());
        }
        String consumer = QuotaConsumer.of(principal, call.peer());
        QuotaPlan plan = plans.of(consumer);
        QuotaDecision now = counters.tryReserve(consumer, plan);
        return now != null
                ? result(call, tenant, ofTenant, plan, now)
                : new StageResult.Later(counters.reserve(consumer, plan)
                        .thenApply(decision -> result(call, tenant, ofTenant, plan, decision)));
    }

    private StageResult result(
            GatewayCall call,
            String tenant,
            SlidingWindowLimiter.@Nullable Verdict ofTenant,
            QuotaPlan plan,
            QuotaDecision decision) {
        return switch (decision) {
            case QuotaDecision.Admitted admitted -> {
                call.cost(1);
                tell(call, nearest(ofTenant, admitted.rateLimit()));
                yield StageResult.PASS;
            }
            case QuotaDecision.Exhausted exhausted -> {
                giveBack(tenant, ofTenant);
                call.decidedBy("plan " + plan.name());
                tell(call, exhausted.rateLimit());
                yield exceeded(tenant, QuotaSentences.of(exhausted), exhausted.retryAfterSeconds());
            }
            case QuotaDecision.StoreUnavailable unavailable -> {
                giveBack(tenant, ofTenant);
                call.decidedBy("plan " + plan.name() + ", on_store_failure");
                tell(call, nearest(ofTenant, null));
                yield new StageResult.Refuse(new GatewayRefusal.Unavailable(
                        "quota_unavailable",
                        "Quotas cannot be checked at present, and this plan admits no call then. Try again later.",
                        unavailable.retryAfterSeconds()));
            }
        };
    }

    private void giveBack(String tenant, SlidingWindowLimiter.@Nullable Verdict ofTenant) {
        if (ofTenant != null) {
            tenants.release(tenant);
        }
    }

    private StageResult exceeded(String tenant, String sentence, long retryAfterSeconds) {
        metrics.count(HITS, "tenant", tenant.equals(ANONYMOUS) ? tenant : metrics.principal(tenant));
        return new StageResult.Refuse(new GatewayRefusal.QuotaExceeded(sentence, retryAfterSeconds));
    }

    /** Of two limits the one with less left. */
    private static @Nullable QuotaStatus nearest(
            SlidingWindowLimiter.@Nullable Verdict ofTenant, @Nullable QuotaStatus ofPlan) {
        QuotaStatus tenant = ofTenant == null ? null : ofTenant.rateLimit();
        if (tenant == null || ofPlan == null) {
            return tenant == null ? ofPlan : tenant;
        }
        return tenant.remaining() < ofPlan.remaining() ? tenant : ofPlan;
    }

    private static void tell(GatewayCall call, @Nullable QuotaStatus limit) {
        if (limit != null) {
            call.addAnswerField("X-RateLimit-Limit", Long.toString(limit.limit()));
            call.addAnswerField("X-RateLimit-Remaining", Long.toString(limit.remaining()));
            call.addAnswerField("X-RateLimit-Reset", Long.toString(limit.resetSeconds()));
        }
    }
}
