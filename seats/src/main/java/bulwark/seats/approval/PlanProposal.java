package bulwark.seats.approval;

import bulwark.seats.contract.EvmAddress;
import bulwark.seats.plan.CallEncoder;
import bulwark.seats.plan.DepositDataRoot;
import bulwark.seats.plan.GasCeiling;
import bulwark.seats.plan.Plan;
import bulwark.seats.plan.PlanDigest;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlanPreconditions;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultParameters;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.seat.Seat;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes the plan that a person asks for: treasury and contracts are the settings', key and credentials the seat's. */
final class PlanProposal {
    private static final long GAS_LIMIT = 900_000;
    private static final long MAX_NONCE = Integer.MAX_VALUE;

    private final PlanSettings settings;
    private final PlanSettings.Chain chain;
    private final Call call;
    private final Seat seat;
    private final @Nullable ChainSnapshot look;

    /** @param look null where no chain is configured: what the proposer states is written down as that then */
    PlanProposal(PlanSettings settings, PlanSettings.Chain chain, Call call, Seat seat, @Nullable ChainSnapshot look) {
        this.settings = settings;
        this.chain = chain;
        this.call = call;
        this.seat = seat;
        this.look = look;
    }

    /** No member names a treasury or a contract. */
    static RequestRules rules() {
        return RequestRules.body(
                FieldRule.word(
                        "kind",
                        List.of(PlanKind.values()).stream().map(PlanKind::word).toArray(String[]::new)),
                FieldRule.wei("epoch").optional(),
                FieldRule.bytes("depositRoot", 32).optional(),
                FieldRule.address("owner").optional(),
                FieldRule.number("phase", 0, 2),
                FieldRule.address("beneficiary").optional(),
                FieldRule.number("claimDelaySeconds", 3_600, 2_592_000),
                FieldRule.wei("maxClaimPerPeriodWei").optional(),
                FieldRule.bytes("signature", 96).optional(),
                FieldRule.wei("maxFeeWei").optional(),
                FieldRule.wei("maxRewardsClaimedWei").optional(),
                FieldRule.digest("replaces").optional(),
                FieldRule.number("nonce", 0, (int) MAX_NONCE));
    }

    /** @param replaced the plan whose transaction is sent again or taken back; null for an action of its own */
    Plan plan(String proposer, Instant now, @Nullable Plan replaced) {
        PlannedAction action = action();
        boolean bump = action instanceof PlannedAction.BumpFee;
        if (action.kind().isReplacement() && replaced == null) {
            throw required("replaces", "a digest of a plan of this seat");
        }
        Plan repeated = bump ? replaced : null;
        return new Plan(
                chain.network(),
                seat.id(),
                chain.treasury(),
                repeated == null ? CallEncoder.target(action, chain.network(), chain.treasury()) : repeated.target(),
                repeated == null ? CallEncoder.value(action) : repeated.value(),
                repeated == null ? CallEncoder.calldata(action) : repeated.calldata(),
                action,
                preconditions(action),
                new GasCeiling(
                        action.kind() == PlanKind.CANCEL ? PlanDraft.TRANSFER_GAS : GAS_LIMIT,
                        settings.maxFeePerGas(),
                        PlanDraft.MAX_TIP.min(settings.maxFeePerGas())),
                proposer,
                now,
                now.plus(PlanDraft.VALIDITY));
    }

    /** Of the chain, where one is configured: what the proposer states beside it must be the same. */
    private PlanPreconditions preconditions(PlannedAction action) {
        if (look == null) {
            return new PlanPreconditions(
                    PlanPreconditions.PROPOSER,
                    new BigInteger(given("epoch")),
                    given("depositRoot"),
                    (Long) call.fields().getOrDefault("phase", 0L),
                    address("owner"),
                    chain.depositContractCodeHash(),
                    chain.vaultCodeHash());
        }
        PlanPreconditions found = look.preconditions(action);
        agree("epoch", found.epoch().toString());
        agree("depositRoot", found.depositRoot());
        agree("owner", found.owner().text());
        agree("phase", Long.toString(found.phase()));
        return found;
    }

    private void agree(String field, String found) {
        Object stated = call.fields().get(field);
        if (stated != null && !stated.toString().toLowerCase(Locale.ROOT).equals(found)) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "precondition_differs",
                    "body." + field + " is not what the chain says, which is " + found + ": leave the field out.");
        }
    }

    PlannedAction action() {
        PlanKind kind = PlanKind.of(call.text("kind")).orElseThrow();
        long gwei = Long.parseLong(seat.amountGwei());
        return switch (kind) {
            case APPROVE ->
                new PlannedAction.Approve(
                        seat.pubkey(),
                        seat.withdrawalCredentials(),
                        gwei,
                        chain.network().treasuryRouter());
            case REMOVE ->
                new PlannedAction.Remove(
                        seat.pubkey(),
                        seat.withdrawalCredentials(),
                        gwei,
                        chain.network().treasuryRouter());
            case DEPOSIT -> deposit(gwei);
            case DEPLOY_VAULT -> new PlannedAction.DeployVault(seat.pubkey(), derivedVault(), parameters());
            case FORCE_EXIT -> new PlannedAction.ForceExit(seat.pubkey(), seat.vault(), exitFee());
            case PROPOSE_SETTLEMENT ->
                new PlannedAction.ProposeSettlement(seat.vault(), new BigInteger(given("maxRewardsClaimedWei")));
            case FINALIZE_SETTLEMENT, CANCEL_SETTLEMENT, CLAIM_PRINCIPAL, DRAIN_REMAINDER ->
                new PlannedAction.VaultStep(kind, seat.vault());
            case BUMP_FEE -> new PlannedAction.BumpFee(new PlanDigest(given("replaces")), nonce());
            case CANCEL -> new PlannedAction.CancelTransaction(new PlanDigest(given("replaces")), nonce());
        };
    }

    private PlannedAction deposit(long gwei) {
        EvmAddress vault = derivedVault();
        if (!vault.equals(seat.vault())) {
            throw new ApiRefusal(
                    Kind.INVALID,
                    "credentials_mismatch",
                    "The seat's withdrawal credentials name " + seat.vault().checksummed()
                            + ", and the vault of this key with" + " these parameters is " + vault.checksummed() + ".");
        }
        String signature = given("signature");
        return new PlannedAction.Deposit(
                seat.pubkey(),
                seat.withdrawalCredentials(),
                signature,
                DepositDataRoot.of(seat.pubkey(), seat.withdrawalCredentials(), gwei, signature),
                look == null ? given("depositRoot") : look.depositRoot(),
                gwei,
                vault,
                parameters());
    }

    private EvmAddress derivedVault() {
        return chain.vaultCode().address(chain.network(), seat.pubkey(), parameters());
    }

    private VaultParameters parameters() {
        BigInteger bound = new BigInteger(given("maxClaimPerPeriodWei"));
        if (bound.signum() == 0 || bound.compareTo(VaultParameters.PRINCIPAL_TARGET_WEI) > 0) {
            throw required("maxClaimPerPeriodWei", "from 1 to " + VaultParameters.PRINCIPAL_TARGET_WEI);
        }
        Object delay = call.fields().get("claimDelaySeconds");
        if (delay == null) {
            throw required("claimDelaySeconds", "given for this kind");
        }
        return new VaultParameters(address("beneficiary"), (Long) delay, bound);
    }

    private BigInteger exitFee() {
        BigInteger fee = new BigInteger(given("maxFeeWei"));
        if (fee.signum() == 0 || fee.compareTo(settings.maxExitFee()) > 0) {
            throw required("maxFeeWei", "from 1 to " + settings.maxExitFee() + " (SEAT_MANAGER_MAX_EXIT_FEE_WEI)");
        }
        return fee;
    }

    private long nonce() {
        Object nonce = call.fields().get("nonce");
        if (nonce == null) {
            throw required("nonce", "given for this kind");
        }
        return (Long) nonce;
    }

    private EvmAddress address(String field) {
        return new EvmAddress(given(field).toLowerCase(Locale.ROOT));
    }

    private String given(String field) {
        return call.optionalText(field).orElseThrow(() -> required(field, "given for this kind"));
    }

    private static ApiRefusal required(String field, String must) {
        return new ApiRefusal(Kind.MALFORMED, "schema", "body." + field + " must be " + must + ".");
    }
}
