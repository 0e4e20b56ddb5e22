package bulwark.seats.send;

import bulwark.kernel.json.StrictJson;
import bulwark.seats.chain.TransactionEndpoint;
import bulwark.seats.contract.HexText;
import bulwark.seats.deposit.SignedDeposit;
import bulwark.seats.plan.DepositDataRoot;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import bulwark.testkit.ChainGenesis;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Plans of seats from their vault to their settlement on a local chain, each made from the chain as it is at that moment, and what they left there. */
final class SeatWalk {
    /** In the order of a seat's life; a replacement is of a vault's deployment that waits. */
    static final List<PlanKind> STAGES = List.of(
            PlanKind.DEPLOY_VAULT,
            PlanKind.APPROVE,
            PlanKind.DEPOSIT,
            PlanKind.FORCE_EXIT,
            PlanKind.PROPOSE_SETTLEMENT,
            PlanKind.FINALIZE_SETTLEMENT,
            PlanKind.BUMP_FEE,
            PlanKind.CANCEL);

    private static final long GWEI = 32_000_000_000L;
    private static final int FIRST_SEED = 300;
    private static final BigInteger MAX_EXIT_FEE = BigInteger.TEN.pow(15);

    /** Events that prove an effect. */
    private static final List<String> EVENTS = List.of(
            "VaultCreated(bytes32,address,address)",
            "DepositIntentAllowedFor(bytes32,address,uint256,bytes)",
            "DepositEvent(bytes,bytes,bytes,bytes,bytes)",
            "ExitRequested(bytes,uint256)",
            "SettlementProposed(uint256)",
            "SettlementFinalized()");

    private final TreasuryUnderTest treasury;

    SeatWalk(TreasuryUnderTest treasury) {
        this.treasury = treasury;
        installExitRequests();
    }

    /** Anvil has no predeploy of EIP-7002. Its slot of the excess stays 0, so that the fee is one wei. */
    private void installExitRequests() {
        String genesis = ChainGenesis.json(286, Instant.EPOCH, "0x" + "0".repeat(40), Map.of());
        JsonNode code = StrictJson.parse(genesis.getBytes(StandardCharsets.UTF_8))
                .path("alloc")
                .path(ChainGenesis.EXIT_REQUESTS)
                .path("code");
        treasury.chain.call("anvil_setCode", ChainGenesis.EXIT_REQUESTS, code.asString());
    }

    private static String pubkey(int seat) {
        return HexText.of(SignedDeposit.of(FIRST_SEED + seat, SignedDeposit.CREDENTIALS, SignedDeposit.NETWORK)
                .pubkey());
    }

    /** @param seat from 0; the stages before this one are on the chain */
    Plan plan(PlanKind stage, int seat) {
        String pubkey = pubkey(seat);
        return switch (stage) {
            case DEPLOY_VAULT -> treasury.vaultPlan(pubkey);
            case APPROVE ->
                treasury.plan(new PlannedAction.Approve(
                        pubkey, treasury.credentials(pubkey), GWEI, treasury.network.treasuryRouter()));
            case DEPOSIT -> treasury.plan(deposit(pubkey, seat));
            case FORCE_EXIT -> treasury.plan(new PlannedAction.ForceExit(pubkey, treasury.vault(pubkey), MAX_EXIT_FEE));
            case PROPOSE_SETTLEMENT ->
                treasury.plan(new PlannedAction.ProposeSettlement(treasury.vault(pubkey), BigInteger.ZERO));
            case FINALIZE_SETTLEMENT ->
                treasury.plan(new PlannedAction.VaultStep(PlanKind.FINALIZE_SETTLEMENT, treasury.vault(pubkey)));
            default -> throw new IllegalArgumentException("a replacement needs what it replaces: " + stage);
        };
    }

    private PlannedAction.Deposit deposit(String pubkey, int seat) {
        String credentials = treasury.credentials(pubkey);
        String signature =
                HexText.of(SignedDeposit.of(FIRST_SEED + seat, HexText.bytes(credentials), SignedDeposit.NETWORK)
                        .signature());
        return new PlannedAction.Deposit(
                pubkey,
                credentials,
                signature,
                DepositDataRoot.of(pubkey, credentials, GWEI, signature),
                depositRoot(),
                GWEI,
                treasury.vault(pubkey),
                treasury.parameters());
    }

    private String depositRoot() {
        return treasury.chain
                .call(
                        "eth_call",
                        Map.of("to", treasury.network.depositContract().text(), "data", "0xc5f2892f"),
                        "latest")
                .asString();
    }

    /** How often each event stands in the chain; two that are equal in every field count as an error. */
    Map<String, Integer> effects() {
        Map<String, Integer> effects = new LinkedHashMap<>();
        for (String event : EVENTS) {
            JsonNode logs = treasury.chain.call(
                    "eth_getLogs",
                    Map.of(
                            "fromBlock",
                            "0x0",
                            "toBlock",
                            "latest",
                            "topics",
                            List.of(TransactionEndpoint.topic(event))));
            Set<String> whose = new HashSet<>();
            logs.forEach(log -> whose.add(log.path("address").asString() + log.path("topics") + log.path("data")));
            if (whose.size() != logs.size()) {
                throw new AssertionError("an effect came twice: " + logs);
            }
            effects.put(event.substring(0, event.indexOf('(')), logs.size());
        }
        return effects;
    }

    /** @param seats that went the whole way @param vaults beside theirs */
    static Map<String, Integer> expected(int seats, int vaults) {
        Map<String, Integer> expected = new LinkedHashMap<>();
        for (String event : EVENTS) {
            expected.put(event.substring(0, event.indexOf('(')), seats);
        }
        expected.merge("VaultCreated", vaults, Integer::sum);
        return expected;
    }
}
