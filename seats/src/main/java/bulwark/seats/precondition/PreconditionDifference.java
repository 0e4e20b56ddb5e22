package bulwark.seats.precondition;

import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlanPreconditions;
import java.util.ArrayList;
import java.util.List;

/** What moved on the chain since a plan was made. */
public final class PreconditionDifference {
    private PreconditionDifference() {}

    /**
     * The root of all deposits moves with each of them, and counts for a deposit alone: its call insists on it.
     *
     * @return a sentence part for each field that changed; empty when the plan stands
     */
    public static List<String> between(PlanPreconditions before, PlanPreconditions now, PlanKind kind) {
        List<String> changes = new ArrayList<>();
        compare(changes, "epoch", before.epoch(), now.epoch());
        compare(changes, "owner", before.owner(), now.owner());
        compare(changes, "phase", before.phase(), now.phase());
        compare(changes, "depositContractCodeHash", before.depositContractCodeHash(), now.depositContractCodeHash());
        compare(changes, "vaultCodeHash", before.vaultCodeHash(), now.vaultCodeHash());
        if (kind == PlanKind.DEPOSIT) {
            compare(changes, "depositRoot", before.depositRoot(), now.depositRoot());
        }
        return changes;
    }

    private static void compare(List<String> changes, String field, Object before, Object now) {
        if (!before.equals(now)) {
            changes.add(field + " was " + before + " and is " + now);
        }
    }
}
