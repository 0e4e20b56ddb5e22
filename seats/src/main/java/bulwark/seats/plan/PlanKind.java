package bulwark.seats.plan;

import java.util.Arrays;
import java.util.Optional;

/** Every kind of action that can be planned. */
public enum PlanKind {
    APPROVE("approve"),
    REMOVE("remove"),
    DEPOSIT("deposit"),
    DEPLOY_VAULT("vault-deploy"),
    FORCE_EXIT("force-exit"),
    PROPOSE_SETTLEMENT("settle-propose"),
    FINALIZE_SETTLEMENT("settle-finalize"),
    CANCEL_SETTLEMENT("settle-cancel"),
    CLAIM_PRINCIPAL("claim-principal"),
    DRAIN_REMAINDER("drain-remainder"),
    BUMP_FEE("fee-bump"),
    CANCEL("cancel");

    private final String word;

    PlanKind(String word) {
        this.word = word;
    }

    /** As it stands in a plan. */
    public String word() {
        return word;
    }

    boolean isVaultStep() {
        return this == FINALIZE_SETTLEMENT
                || this == CANCEL_SETTLEMENT
                || this == CLAIM_PRINCIPAL
                || this == DRAIN_REMAINDER;
    }

    /** Whether it repeats or removes the transaction of another plan. */
    public boolean isReplacement() {
        return this == BUMP_FEE || this == CANCEL;
    }

    public static Optional<PlanKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
    }

    /** For sentences that list what there is. */
    static String words() {
        return String.join(", ", Arrays.stream(values()).map(PlanKind::word).toList());
    }
}
