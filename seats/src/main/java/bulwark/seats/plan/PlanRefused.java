package bulwark.seats.plan;

import java.util.List;

/** A document is no plan; the message names every field that is wrong. Costs no stack trace. */
public final class PlanRefused extends RuntimeException {
    private final transient List<String> faults;

    PlanRefused(List<String> faults) {
        super(String.join("; ", faults), null, false, false);
        this.faults = List.copyOf(faults);
    }

    /** Sentences that begin with the field. */
    public List<String> faults() {
        return faults;
    }
}
