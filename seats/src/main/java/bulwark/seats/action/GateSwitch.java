package bulwark.seats.action;

import bulwark.seats.contract.ContractFunction;
import bulwark.seats.contract.TreasuryRouterAbi;

/** What the governor changes about the gate. Immutable. @param enabled for the two switches alone */
record GateSwitch(Kind kind, boolean enabled) {
    /** Every change there is, with the last pieces of its path. */
    enum Kind {
        ALLOWLIST("switch", TreasuryRouterAbi.SET_ALLOWLIST, "AllowlistSwitched", "can be switched back"),
        OWNER_ONLY(
                "owner-only", TreasuryRouterAbi.SET_OWNER_ONLY, "OwnerOnlyDepositorSwitched", "can be switched back"),
        FREEZE_PROPOSE(
                "freeze/propose",
                TreasuryRouterAbi.PROPOSE_ALLOWLIST_DISABLE,
                "AllowlistDisableProposed",
                "can be cancelled for seven days, and not undone once it is carried out"),
        FREEZE_EXECUTE(
                "freeze/execute",
                TreasuryRouterAbi.EXECUTE_ALLOWLIST_DISABLE,
                "AllowlistDisabledForever",
                "cannot be undone"),
        FREEZE_CANCEL(
                "freeze/cancel",
                TreasuryRouterAbi.CANCEL_ALLOWLIST_DISABLE,
                "AllowlistDisableCancelled",
                "can be made again");

        private final String path;
        private final ContractFunction function;
        private final String event;
        private final String consequence;

        Kind(String path, ContractFunction function, String event, String consequence) {
            this.path = path;
            this.function = function;
            this.event = event;
            this.consequence = consequence;
        }

        String path() {
            return path;
        }

        boolean isFreeze() {
            return this != ALLOWLIST && this != OWNER_ONLY;
        }
    }

    /** Of its step-up and of the document. */
    String word() {
        return "allowlist-" + kind.path.replace('/', '-');
    }

    ContractFunction function() {
        return kind.function;
    }

    byte[] calldata() {
        return kind.isFreeze() ? kind.function.call() : kind.function.call(enabled);
    }

    /** Of the gate, when all went well. */
    String event() {
        return kind.event;
    }

    String consequence() {
        return kind.consequence;
    }

    String sentence() {
        String to = enabled ? "on" : "off";
        return switch (kind) {
            case ALLOWLIST -> "Switch the list of permitted deposits " + to;
            case OWNER_ONLY -> "Switch the rule that the owner alone deposits " + to;
            case FREEZE_PROPOSE -> "Propose the end of the list of permitted deposits for ever";
            case FREEZE_EXECUTE -> "End the list of permitted deposits for ever";
            case FREEZE_CANCEL -> "Cancel the proposed end of the list of permitted deposits";
        };
    }
}
