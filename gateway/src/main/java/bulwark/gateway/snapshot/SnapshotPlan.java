package bulwark.gateway.snapshot;

import bulwark.kernel.json.JsonFields;
import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaPlan.OnStoreFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/** The form of a plan in a snapshot. */
final class SnapshotPlan {
    private static final int MAX_TEXT = 256;
    private static final long MAX_LIMIT = 1_000_000_000L;

    private SnapshotPlan() {}

    static QuotaPlan read(JsonFields fields) {
        String name = fields.text("name", MAX_TEXT);
        long perSecond = fields.wholeNumber("per_second", 0, MAX_LIMIT, 0);
        long burst = fields.wholeNumber("burst", 0, MAX_LIMIT, 0);
        long perMinute = fields.wholeNumber("per_minute", 0, MAX_LIMIT, 0);
        long perDay = fields.wholeNumber("per_day", 0, MAX_LIMIT, 0);
        long perMonth = fields.wholeNumber("per_month", 0, MAX_LIMIT, 0);
        OnStoreFailure onFailure = fields.choice("on_store_failure", OnStoreFailure.class, OnStoreFailure.LOCAL);
        fields.end();
        if (burst > 0 && perSecond == 0) {
            fields.fault("burst", "needs per_second");
            burst = 0;
        }
        return new QuotaPlan(name, perSecond, burst, perMinute, perDay, perMonth, onFailure);
    }

    static Map<String, Object> members(QuotaPlan plan) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", plan.name());
        members.put("per_second", plan.perSecond());
        members.put("burst", plan.burst());
        members.put("per_minute", plan.perMinute());
        members.put("per_day", plan.perDay());
        members.put("per_month", plan.perMonth());
        members.put("on_store_failure", JsonFields.word(plan.onStoreFailure()));
        return members;
    }
}
