package bulwark.seats.watch;

import org.jspecify.annotations.Nullable;

/** How far the settlement of a vault came, as its contract says and as it said before. */
enum SettlementPhase {
    RUNNING,
    PROPOSED,
    /** Runs again after a proposal that was taken back: a person did that, and a person proposes again. */
    CANCELLED,
    SETTLED;

    /** @param contractPhase 0 running, 1 proposed, 2 settled @param before null where the vault was not looked at before */
    static SettlementPhase of(long contractPhase, @Nullable SettlementPhase before) {
        if (contractPhase == 1) {
            return PROPOSED;
        }
        if (contractPhase != 0) {
            return SETTLED;
        }
        return before == PROPOSED || before == CANCELLED ? CANCELLED : RUNNING;
    }
}
