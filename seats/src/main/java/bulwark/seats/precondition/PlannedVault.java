package bulwark.seats.precondition;

import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.PlannedAction;
import java.util.Optional;

/** The vault that an action is about. */
final class PlannedVault {
    private PlannedVault() {}

    static Optional<EvmAddress> of(PlannedAction action) {
        return switch (action) {
            case PlannedAction.Approve approve -> named(approve.withdrawalCredentials());
            case PlannedAction.Remove remove -> named(remove.withdrawalCredentials());
            case PlannedAction.Deposit deposit -> Optional.of(deposit.vault());
            case PlannedAction.ForceExit exit -> Optional.of(exit.vault());
            case PlannedAction.ProposeSettlement propose -> Optional.of(propose.vault());
            case PlannedAction.VaultStep step -> Optional.of(step.vault());
            case PlannedAction.DeployVault _, PlannedAction.BumpFee _, PlannedAction.CancelTransaction _ ->
                Optional.empty();
        };
    }

    private static Optional<EvmAddress> named(String credentials) {
        return Optional.of(EvmAddress.ofCredentials(credentials));
    }
}
