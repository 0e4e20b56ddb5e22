package bulwark.gateway.quota;

import bulwark.kernel.quota.PlanQuotas;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the admin API shows and resets of quotas. Thread-safe. */
public final class QuotaAdmin {
    private static final int MAX_LISTED = 1_000;

    private final PlanQuotas quotas;

    QuotaAdmin(PlanQuotas quotas) {
        this.quotas = quotas;
    }

    /** JSON members of the consumers with the most calls today, at most a thousand. */
    public Map<String, @Nullable Object> list() {
        List<Map<String, @Nullable Object>> consumers =
                quotas.busiest(MAX_LISTED).stream().map(QuotaAdmin::members).toList();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("consumers", consumers);
        members.put("total", quotas.size());
        return members;
    }

    /** What was counted of the keys and subscriptions with the most calls today. @param max so many at most */
    public List<KeyUsage> usageOfKeys(int max) {
        return quotas.busiest(max).stream()
                .filter(usage -> QuotaConsumer.keyOf(usage.consumer()).isPresent())
                .map(usage -> new KeyUsage(
                        QuotaConsumer.keyOf(usage.consumer()).orElseThrow(), usage.dayCount(), usage.monthCount()))
                .toList();
    }

    /** @param id of the key or subscription; counts since midnight and since the first of the month, UTC */
    public record KeyUsage(String id, long today, long thisMonth) {}

    /** Empty for a consumer that was never counted. @param consumer as {@link QuotaConsumer} names it */
    public Optional<Map<String, @Nullable Object>> consumer(String consumer) {
        return quotas.usage(consumer).map(QuotaAdmin::members);
    }

    /** Takes every count of a consumer back to 0. @return false for a consumer that was never counted */
    public boolean reset(String consumer) {
        return quotas.reset(consumer);
    }

    private static Map<String, @Nullable Object> members(PlanQuotas.Usage usage) {
        QuotaPlan plan = usage.plan();
        QuotaStatus limit = usage.rateLimit();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("consumer", usage.consumer());
        members.put("plan", plan.name());
        members.put("daily_used", usage.dayCount());
        members.put("daily_limit", plan.perDay());
        members.put("monthly_used", usage.monthCount());
        members.put("monthly_limit", plan.perMonth());
        members.put("rate_limit_per_second", plan.perSecond());
        members.put("rate_limit_per_minute", plan.perMinute());
        members.put("remaining", limit == null ? null : limit.remaining());
        members.put("reset", limit == null ? null : limit.resetSeconds());
        return members;
    }
}
