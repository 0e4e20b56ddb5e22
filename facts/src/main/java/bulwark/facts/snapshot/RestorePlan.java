package bulwark.facts.snapshot;

import bulwark.kernel.evidence.audit.GuardedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a restore would lose and bring back to life, found before anything is changed.
 *
 * @param otherHistory the present store does not hold the rows with which the snapshot ends
 * @param unreadable why the present store could not be compared, or null
 */
record RestorePlan(
        long lostFacts,
        long lostAuditRows,
        List<String> lostAccess,
        List<Revived> revived,
        boolean otherHistory,
        @Nullable String unreadable) {

    /**
     * A row that the snapshot holds alive.
     *
     * @param columns how the row is now, or empty when it is gone
     */
    record Revived(GuardedTable table, List<String> key, String sentence, Map<String, String> columns) {}

    static RestorePlan ofNoStore(List<Revived> revived) {
        return new RestorePlan(0, 0, List.of(), revived, false, null);
    }

    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        if (unreadable != null) {
            sentences.add("The present store cannot be read (" + unreadable
                    + "): what was revoked since the snapshot is known from the transparency log alone.");
        }
        if (otherHistory) {
            sentences.add("The snapshot belongs to another history than the present store.");
        }
        if (lostFacts > 0) {
            sentences.add(lostFacts + " fact(s) of the present store would be lost.");
        }
        if (lostAuditRows > 0) {
            sentences.add(lostAuditRows + " audit row(s) of the present store would be lost.");
        }
        lostAccess.forEach(each -> sentences.add("Would be lost: " + each + "."));
        revived.forEach(each -> sentences.add("Would come back to life: " + each.sentence() + "."));
        return sentences;
    }
}
