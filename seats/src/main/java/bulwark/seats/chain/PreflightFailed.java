package bulwark.seats.chain;

import bulwark.seats.chain.Preflight.Check;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Labels do not say what must be true, do not agree, or do not answer: whatever was to be done is not. Costs no stack trace. */
public final class PreflightFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final Set<String> OF_TREASURY = Set.of(Preflight.GATE_OWNER, Preflight.ACTIVE_SIGNER);

    private final transient List<Check> checks;

    /** @param checks those that are not ok, one at least */
    public PreflightFailed(List<Check> checks) {
        super(checks.stream().map(Check::problem).collect(Collectors.joining("; ")), null, false, false);
        this.checks = List.copyOf(checks);
    }

    /** One label does not answer one question. */
    public static PreflightFailed unanswered(String label, String field, RpcFailed failed) {
        return new PreflightFailed(List.of(Check.unanswered(label, field, failed)));
    }

    public List<Check> checks() {
        return checks;
    }

    /** Whether a label names another treasury than the settings: everything else is of no matter then. */
    public boolean isOfTreasury() {
        return checks.stream().anyMatch(check -> OF_TREASURY.contains(check.name()) && check.isAnswered());
    }
}
