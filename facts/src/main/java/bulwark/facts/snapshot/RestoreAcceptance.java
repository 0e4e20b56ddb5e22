package bulwark.facts.snapshot;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator accepts of a restore. Counts must be exactly those that the refusal names, so that an option which was once right
 * does not accept something else later.
 *
 * @param lostFacts facts of the present store that the snapshot does not hold, or null for none
 * @param lostAuditRows likewise of audit rows
 * @param keepRevocations what was revoked or removed since is revoked or removed in the restored store too
 * @param revived how many revoked keys and tokens, deleted gardens and removed members may live again, or null for none
 * @param replaceHistory the snapshot's history is another one than the present store's
 * @param unreadableStore the present store cannot be compared
 */
public record RestoreAcceptance(
        @Nullable Long lostFacts,
        @Nullable Long lostAuditRows,
        boolean keepRevocations,
        @Nullable Long revived,
        boolean replaceHistory,
        boolean unreadableStore) {

    public static RestoreAcceptance nothing() {
        return new RestoreAcceptance(null, null, false, null, false, false);
    }

    /** @throws SnapshotRefused naming everything that is not accepted, and the options that accept exactly that */
    void check(RestorePlan plan) {
        List<String> missing = new ArrayList<>();
        if (plan.unreadable() != null && !unreadableStore) {
            missing.add("--unreadable-store");
        }
        if (plan.otherHistory() && !replaceHistory) {
            missing.add("--replace-history");
        }
        if (plan.lostFacts() != (lostFacts == null ? 0 : lostFacts)) {
            missing.add("--lose-facts " + plan.lostFacts());
        }
        if (plan.lostAuditRows() != (lostAuditRows == null ? 0 : lostAuditRows)) {
            missing.add("--lose-audit-rows " + plan.lostAuditRows());
        }
        if (!plan.revived().isEmpty()
                && !keepRevocations
                && (revived == null || revived != plan.revived().size())) {
            missing.add(
                    "--keep-revocations (or --revive-revoked " + plan.revived().size() + ")");
        }
        if (!missing.isEmpty()) {
            throw new SnapshotRefused(String.join("\n", plan.sentences())
                    + "\nNothing was changed. To accept exactly this: " + String.join(" ", missing));
        }
    }
}
