package bulwark.gateway.quota;

import bulwark.kernel.quota.QuotaPlan;
import bulwark.kernel.quota.QuotaPlan.OnStoreFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which plan holds for which consumer. A change holds from the next call on. Thread-safe. */
public final class PlanTable {
    /** The plans that every gateway knows. */
    public static final List<QuotaPlan> REFERENCE = List.of(
            new QuotaPlan("community", 5, 0, 60, 10_000, 100_000, OnStoreFailure.LOCAL),
            new QuotaPlan("silver", 20, 0, 300, 50_000, 1_000_000, OnStoreFailure.LOCAL),
            new QuotaPlan("gold", 100, 0, 5_000, 500_000, 10_000_000, OnStoreFailure.LOCAL));

    private final QuotaPlan standard;
    private final Map<String, QuotaPlan> plans = new ConcurrentHashMap<>();
    private final Map<String, String> assigned = new ConcurrentHashMap<>();
    private volatile Map<String, QuotaPlan> pushed = Map.of();
    private volatile Map<String, QuotaPlan> ofFile = Map.of();

    /** @param standard of a consumer that no plan is assigned to */
    public PlanTable(QuotaPlan standard) {
        this.standard = standard;
        REFERENCE.forEach(plan -> plans.put(plan.name(), plan));
        plans.put(standard.name(), standard);
    }

    public QuotaPlan of(String consumer) {
        QuotaPlan own = pushed.get(consumer);
        own = own == null ? ofFile.get(consumer) : own;
        if (own != null || assigned.isEmpty()) {
            return own == null ? standard : own;
        }
        String name = assigned.get(consumer);
        return name == null ? standard : plans.getOrDefault(name, standard);
    }

    /** What a control plane says of its subscriptions, in place of what it said before. @param byConsumer as {@link QuotaConsumer} names it */
    public void push(Map<String, QuotaPlan> byConsumer) {
        pushed = Map.copyOf(byConsumer);
    }

    /** What the operator's file says, in place of what it said before; for a consumer that a control plane speaks of, that one counts. @param byConsumer as {@link QuotaConsumer} names it */
    void useFile(Map<String, QuotaPlan> byConsumer) {
        ofFile = Map.copyOf(byConsumer);
    }

    /** Adds a plan, or replaces the one of its name. */
    public void put(QuotaPlan plan) {
        plans.put(plan.name(), plan);
    }

    public Optional<QuotaPlan> named(String name) {
        return Optional.ofNullable(plans.get(name));
    }

    /** @return false when there is no such plan; nothing changes then */
    public boolean assign(String consumer, String plan) {
        if (!plans.containsKey(plan)) {
            return false;
        }
        assigned.put(consumer, plan);
        return true;
    }

    public void unassign(String consumer) {
        assigned.remove(consumer);
    }
}
