package bulwark.seats.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A plan as people read it before they approve it: sentence, digest in groups, every field in full, and what is wrong. */
public final class PlanExplanation {
    private PlanExplanation() {}

    /** @param findings of {@link PlanCheck} */
    public static List<String> lines(Plan plan, List<PlanCheck.Finding> findings) {
        List<String> lines = new ArrayList<>();
        lines.add(PlanSentence.of(plan));
        lines.add("digest        " + plan.digest().groups());
        lines.add("treasury      " + plan.treasury().checksummed());
        lines.add("calls         " + plan.target().checksummed());
        lines.add("value         " + PlanSentence.coins(plan.value()));
        fields("", plan.action().json(), lines);
        lines.add("preconditions stated by the " + plan.preconditions().source());
        fields("  ", plan.preconditions().json(), lines);
        lines.add("gas           at most " + plan.gas().limit() + " at "
                + plan.gas().maxFeePerGas() + " wei");
        lines.add("proposed by   " + plan.proposer() + " at " + plan.createdAt() + ", expires at " + plan.expiresAt());
        lines.add("calldata      " + plan.calldata());
        DevelopmentAccounts.find(plan.treasury())
                .ifPresent(name -> lines.add(
                        "WARNING the key of the treasury was published (" + name + "): anybody can spend from it"));
        if (findings.isEmpty()) {
            lines.add("target, value and calldata are those of the action");
        }
        findings.forEach(finding -> lines.add("WRONG " + finding.code() + ": " + finding.sentence()));
        return lines;
    }

    private static void fields(String indent, Map<String, Object> json, List<String> lines) {
        json.forEach((name, value) -> lines.add(indent + name + "  " + value));
    }
}
