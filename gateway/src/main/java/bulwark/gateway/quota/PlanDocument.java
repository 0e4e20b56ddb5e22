package bulwark.gateway.quota;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaPlan.OnStoreFailure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Plans and who has them, as a file says: {@code plans} with the fields of the control plane's plans, and {@code assignments}, each of a {@code plan} to one {@code subject}, {@code api_key}
 * or {@code sub_account}.
 *
 * @param byConsumer as {@link QuotaConsumer} names it
 */
record PlanDocument(Map<String, QuotaPlan> byConsumer) {
    private static final int MAX_PLANS = 1_000;
    private static final int MAX_ASSIGNMENTS = 100_000;
    private static final long MAX_LIMIT = 1_000_000_000L;

    PlanDocument {
        byConsumer = Map.copyOf(byConsumer);
    }

    /** @param known whose plans may be named besides @param faults is added to; the document counts only when nothing was */
    static PlanDocument read(JsonNode node, PlanTable known, List<String> faults) {
        JsonFields fields = JsonFields.of(node, "", faults);
        Map<String, QuotaPlan> plans = new HashMap<>();
        for (QuotaPlan plan : fields.objects("plans", MAX_PLANS, PlanDocument::plan)) {
            if (plan != null && plans.put(plan.name(), plan) != null) {
                fields.fault("plans", "names " + plan.name() + " twice; keep one");
            }
        }
        Map<String, QuotaPlan> byConsumer = new HashMap<>();
        fields.objects("assignments", MAX_ASSIGNMENTS, one -> {
            assign(one, plans, known, byConsumer);
            return one;
        });
        fields.end();
        return new PlanDocument(byConsumer);
    }

    private static @Nullable QuotaPlan plan(JsonFields fields) {
        String name = fields.text("name", 100);
        long second = limit(fields, "rate_limit_per_second");
        long burst = limit(fields, "burst_limit");
        long minute = limit(fields, "rate_limit_per_minute");
        long day = limit(fields, "daily_request_limit");
        long month = limit(fields, "monthly_request_limit");
        OnStoreFailure failure = fields.choice("on_store_failure", OnStoreFailure.class, OnStoreFailure.LOCAL);
        if (burst > 0 && second == 0) {
            fields.fault("burst_limit", "needs rate_limit_per_second: set both, or neither");
        }
        fields.end();
        return fields.faulty() ? null : new QuotaPlan(name, second, burst, minute, day, month, failure);
    }

    private static long limit(JsonFields fields, String name) {
        return fields.wholeNumber(name, 0, MAX_LIMIT, 0);
    }

    private static void assign(
            JsonFields fields, Map<String, QuotaPlan> plans, PlanTable known, Map<String, QuotaPlan> byConsumer) {
        String name = fields.text("plan", 100);
        QuotaPlan plan =
                plans.containsKey(name) ? plans.get(name) : known.named(name).orElse(null);
        if (plan == null && !name.isEmpty()) {
            fields.fault("plan", "is no plan of this file, nor community, silver, gold or default");
        }
        String consumer = consumer(fields);
        if (!consumer.isEmpty() && plan != null && byConsumer.put(consumer, plan) != null) {
            fields.fault("plan", "is the second one of this consumer; keep one");
        }
        fields.end();
    }

    /** Empty when not exactly one is named. */
    private static String consumer(JsonFields fields) {
        String subject = fields.optionalText("subject", 256);
        String key = fields.optionalText("api_key", 128);
        String account = fields.optionalText("sub_account", 256);
        int named = (subject == null ? 0 : 1) + (key == null ? 0 : 1) + (account == null ? 0 : 1);
        if (named != 1) {
            fields.fault("subject", "or api_key or sub_account must say whose plan it is; name exactly one");
            return "";
        }
        return subject != null
                ? QuotaConsumer.ofSubject(subject)
                : key != null ? QuotaConsumer.ofKey(key) : QuotaConsumer.ofAccount(String.valueOf(account));
    }
}
