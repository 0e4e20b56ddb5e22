package bulwark.seats.precondition;

import bulwark.seats.chain.ExecutionNode;
import bulwark.seats.chain.ExecutionNode.Simulation;
import bulwark.seats.chain.PreflightFailed;
import bulwark.seats.chain.RpcFailed;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.PlannedAction;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every label says that a call would do now ({@code eth_call} and {@code eth_estimateGas}), and beside it what this program expects of it: no client traces the
 * call, so that events and balances are the program's own word. Immutable.
 *
 * @param gas the most that a label says it takes
 */
public record PlanSimulation(long blockNumber, List<Map<String, Object>> labels, long gas, ExpectedEffects effects) {
    private static final String SOURCE =
            "eth_call and eth_estimateGas of every label; events and balance changes are what this program expects, for"
                    + " no client traced the call";

    public PlanSimulation {
        labels = List.copyOf(labels);
    }

    /** @throws ApiRefusal 422 {@code SIMULATION_REVERTED} naming label and reason; 503 when a label does not answer */
    public static PlanSimulation run(
            ChainSnapshot look, PlannedAction action, EvmAddress from, EvmAddress to, BigInteger wei, String calldata) {
        return run(look, ExpectedEffects.of(action, look.network()), from, to, wei, calldata);
    }

    /** As above, of a call that is no plan. */
    public static PlanSimulation run(
            ChainSnapshot look,
            ExpectedEffects effects,
            EvmAddress from,
            EvmAddress to,
            BigInteger wei,
            String calldata) {
        List<Map<String, Object>> labels = new ArrayList<>();
        long most = 0;
        for (ExecutionNode node : look.nodes()) {
            Simulation outcome = ChainSnapshot.refusing(() -> simulate(node, look, from, to, wei, calldata));
            switch (outcome) {
                case Simulation.Reverts reverts ->
                    throw new ApiRefusal(
                            Kind.INVALID,
                            "simulation_reverted",
                            "The call would revert now: " + node.label() + " says " + reverts.reason()
                                    + ". Nothing was planned.");
                case Simulation.Succeeds succeeds -> {
                    most = Math.max(most, succeeds.gas());
                    Map<String, Object> label = new LinkedHashMap<>();
                    label.put("label", node.label());
                    label.put("outcome", "succeeds");
                    label.put("gas", Long.toString(succeeds.gas()));
                    labels.add(label);
                }
            }
        }
        return new PlanSimulation(look.blockNumber(), labels, most, effects);
    }

    private static Simulation simulate(
            ExecutionNode node, ChainSnapshot look, EvmAddress from, EvmAddress to, BigInteger wei, String calldata) {
        try {
            return node.simulate(from, to, wei, calldata, look.at());
        } catch (RpcFailed failed) {
            throw PreflightFailed.unanswered(node.label(), "simulation", failed);
        }
    }

    /** As answers and rows have it. */
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("source", SOURCE);
        json.put("blockNumber", Long.toString(blockNumber));
        json.put("labels", labels);
        json.put("expectedEvents", effects.events());
        json.put("balanceChanges", effects.balances());
        return json;
    }
}
