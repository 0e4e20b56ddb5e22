package bulwark.gateway.quota;

import bulwark.kernel.quota.PlanQuotas;
import bulwark.kernel.quota.QuotaDecision;
import bulwark.kernel.quota.QuotaPlan;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Counts in this process alone. Thread-safe. */
record LocalCounters(PlanQuotas quotas) implements QuotaCounters {
    @Override
    public QuotaDecision tryReserve(String consumer, QuotaPlan plan) {
        return quotas.reserve(consumer, plan);
    }

    @Override
    public CompletionStage<QuotaDecision> reserve(String consumer, QuotaPlan plan) {
        return CompletableFuture.completedFuture(tryReserve(consumer, plan));
    }

    @Override
    public void close() {}
}
