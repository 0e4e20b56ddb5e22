package bulwark.seats.precondition;

import bulwark.seats.chain.NetworkFile;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events and balance changes of an action as the sources of our contracts have them, beside the gas that the treasury pays. Immutable. */
public record ExpectedEffects(List<Map<String, Object>> events, List<Map<String, Object>> balances) {
    private static final BigInteger WEI_OF_GWEI = BigInteger.valueOf(1_000_000_000);

    public ExpectedEffects {
        events = List.copyOf(events);
        balances = List.copyOf(balances);
    }

    static ExpectedEffects of(PlannedAction action, NetworkFile network) {
        EvmAddress gate = network.depositContract();
        return switch (action) {
            case PlannedAction.Approve _ -> only(event(gate, "DepositIntentAllowedFor"));
            case PlannedAction.Remove _ -> only(event(gate, "DepositIntentRemovedFor"));
            case PlannedAction.Deposit deposit -> {
                BigInteger wei = BigInteger.valueOf(deposit.amountGwei()).multiply(WEI_OF_GWEI);
                yield new ExpectedEffects(
                        List.of(event(gate, "DepositIntentConsumedFor"), event(gate, "DepositEvent")),
                        List.of(
                                change(
                                        network.treasury(),
                                        "treasury",
                                        wei.negate().toString()),
                                change(gate, "deposit contract", wei.toString())));
            }
            case PlannedAction.DeployVault _ -> only(event(network.vaultFactory(), "VaultCreated"));
            case PlannedAction.ForceExit exit ->
                new ExpectedEffects(
                        List.of(event(exit.vault(), "ExitRequested")),
                        List.of(change(
                                network.treasury(),
                                "treasury",
                                "-" + exit.maxFeeWei() + " at most: the fee of the exit")));
            case PlannedAction.ProposeSettlement propose -> only(event(propose.vault(), "SettlementProposed"));
            case PlannedAction.VaultStep step -> step(step, network);
            case PlannedAction.BumpFee _, PlannedAction.CancelTransaction _ ->
                new ExpectedEffects(List.of(), List.of());
        };
    }

    private static ExpectedEffects step(PlannedAction.VaultStep step, NetworkFile network) {
        if (step.kind() == PlanKind.FINALIZE_SETTLEMENT || step.kind() == PlanKind.CANCEL_SETTLEMENT) {
            boolean ends = step.kind() == PlanKind.FINALIZE_SETTLEMENT;
            return only(event(step.vault(), ends ? "SettlementFinalized" : "SettlementCancelled"));
        }
        boolean claim = step.kind() == PlanKind.CLAIM_PRINCIPAL;
        return new ExpectedEffects(
                List.of(
                        event(step.vault(), claim ? "PrincipalClaimed" : "RemainderDrained"),
                        event(network.treasuryRouter(), "PrincipalForwarded")),
                List.of(change(step.vault(), "vault", "what it holds of it, to the destination of principal")));
    }

    /** Of a call that is no plan. */
    public static ExpectedEffects oneEvent(EvmAddress contract, String name) {
        return only(event(contract, name));
    }

    private static ExpectedEffects only(Map<String, Object> event) {
        return new ExpectedEffects(List.of(event), List.of());
    }

    private static Map<String, Object> event(EvmAddress contract, String name) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("contract", contract.text());
        event.put("event", name);
        return event;
    }

    private static Map<String, Object> change(EvmAddress account, String who, String wei) {
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("account", account.text());
        change.put("role", who);
        change.put("wei", wei);
        return change;
    }
}
