package bulwark.seats.action;

import bulwark.kernel.storage.WriteTx;
import bulwark.seats.approval.PlanKeeper;
import bulwark.seats.approval.PlanSettings;
import bulwark.seats.chain.VaultState;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.plan.PlanKind;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultParameters;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.precondition.ValidatorLookup;
import bulwark.seats.route.Call;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatRegister;
import bulwark.seats.seat.SeatVaultTable;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Plans about vaults: their making, their settlement, and the exit of their validator. Thread-safe. */
public final class VaultActions {
    private static final long CLAIM_DELAY_SECONDS = 86_400;
    private static final Set<String> WITH_DEPOSIT = Set.of("DEPOSITED", "SEEN_BY_CL", "ACTIVE", "EXCEPTION");

    private final PlanKeeper plans;
    private final SeatRegister seats;
    private final ValidatorLookup validators;
    private final BigInteger maxExitFee;
    private final Clock clock;

    /** @param maxExitFee ceiling of the fee of an exit, in wei */
    public VaultActions(
            PlanKeeper plans, SeatRegister seats, ValidatorLookup validators, BigInteger maxExitFee, Clock clock) {
        this.plans = plans;
        this.seats = seats;
        this.validators = validators;
        this.maxExitFee = maxExitFee;
        this.clock = clock;
    }

    /** A vault that is to be made. */
    record NewVault(PlannedAction.DeployVault action) {
        String credentials() {
            return HexText.of(VaultAddress.credentials(action.vault()));
        }

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("address", action.vault().text());
            json.put("withdrawalCredentials", credentials());
            json.put("beneficiary", action.parameters().beneficiary().text());
            json.put("claimDelaySeconds", action.parameters().claimDelaySeconds());
            json.put(
                    "maxClaimPerPeriodWei",
                    action.parameters().maxClaimPerPeriodWei().toString());
            return json;
        }
    }

    /** @throws ApiRefusal naming the field that no vault can have */
    static VaultParameters parameters(Call call) {
        EvmAddress beneficiary = new EvmAddress(call.text("beneficiary").toLowerCase(Locale.ROOT));
        Object delay = call.fields().getOrDefault("claimDelaySeconds", CLAIM_DELAY_SECONDS);
        BigInteger most = call.optionalText("maxClaimPerPeriodWei")
                .map(BigInteger::new)
                .orElse(VaultParameters.PRINCIPAL_TARGET_WEI);
        if (beneficiary.equals(EvmAddress.ZERO)) {
            throw new ApiRefusal(Kind.MALFORMED, "schema", "body.beneficiary must not be the zero address.");
        }
        if (most.signum() == 0 || most.compareTo(VaultParameters.PRINCIPAL_TARGET_WEI) > 0) {
            throw new ApiRefusal(
                    Kind.MALFORMED,
                    "schema",
                    "body.maxClaimPerPeriodWei must be from 1 to " + VaultParameters.PRINCIPAL_TARGET_WEI + ".");
        }
        return new VaultParameters(beneficiary, ((Number) delay).longValue(), most);
    }

    NewVault deploy(ChainSnapshot look, String pubkey, VaultParameters parameters) {
        PlanSettings.Chain chain = plans.chain();
        look.registeredVault(HexText.bytes(pubkey)).ifPresent(vault -> {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "vault_exists",
                    "The factory has a vault of this key already, " + vault.checksummed()
                            + ": make the seat of its credentials with POST /v1/seats.");
        });
        EvmAddress vault = chain.vaultCode().address(chain.network(), pubkey, parameters);
        return new NewVault(new PlannedAction.DeployVault(pubkey, vault, parameters));
    }

    Seat makeSeat(WriteTx tx, Call call, SeatRegister.Custody custody, NewVault made) throws SQLException {
        Seat seat = seats.make(
                tx,
                call,
                custody,
                made.action().pubkey(),
                made.credentials(),
                made.action().vault().text(),
                made.action().parameters().beneficiary().text());
        SeatVaultTable.insert(tx, seat.id(), made.action().parameters());
        return seat;
    }

    static VaultState standing(ChainSnapshot look, Seat seat) {
        EvmAddress vault = seat.vault();
        Optional<EvmAddress> registered = look.registeredVault(HexText.bytes(seat.pubkey()));
        if (!registered.equals(Optional.of(vault))) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "vault_missing",
                    "The factory's vault of this key is "
                            + registered.map(EvmAddress::checksummed).orElse("none")
                            + ", and the seat's credentials name " + vault.checksummed()
                            + ": let the plan of the vault be sent first.");
        }
        return look.vault(vault)
                .orElseThrow(() -> new ApiRefusal(
                        Kind.CONFLICT, "vault_missing", "No vault stands at " + vault.checksummed() + "."));
    }

    SeatActions.Planned settle(ChainSnapshot look, Seat seat, Call call) {
        requireDeposited(seat, "settled");
        VaultState state = standing(look, seat);
        EvmAddress vault = seat.vault();
        PlannedAction action = switch (call.text("step")) {
            case "propose" -> {
                requirePhase(state, 0, "proposed");
                yield new PlannedAction.ProposeSettlement(vault, claimed(state, call));
            }
            case "finalize" -> {
                requirePhase(state, 1, "finalised");
                requireReady(state);
                yield new PlannedAction.VaultStep(PlanKind.FINALIZE_SETTLEMENT, vault);
            }
            default -> {
                requirePhase(state, 1, "cancelled");
                yield new PlannedAction.VaultStep(PlanKind.CANCEL_SETTLEMENT, vault);
            }
        };
        return new SeatActions.Planned(action, consensus(seat));
    }

    private static BigInteger claimed(VaultState state, Call call) {
        BigInteger stated =
                call.optionalText("maxRewardsClaimedWei").map(BigInteger::new).orElse(state.rewardsClaimed());
        if (stated.compareTo(state.rewardsClaimed()) < 0) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "rewards_claimed_meanwhile",
                    "body.maxRewardsClaimedWei is less than what was claimed already, " + state.rewardsClaimed()
                            + " wei: the call would revert.");
        }
        return stated;
    }

    private static void requirePhase(VaultState state, long phase, String verb) {
        if (state.phase() != phase) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "phase_conflict",
                    "The vault is in phase " + state.phase() + ", and a settlement is " + verb + " in phase " + phase
                            + " alone.");
        }
    }

    private void requireReady(VaultState state) {
        if (BigInteger.valueOf(clock.instant().getEpochSecond()).compareTo(state.settlementReadyAt()) < 0) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "settlement_not_ready",
                    "The settlement can be finalised from "
                            + Instant.ofEpochSecond(state.settlementReadyAt().longValueExact()) + ".");
        }
    }

    SeatActions.Planned forceExit(ChainSnapshot look, Seat seat, Call call) {
        requireDeposited(seat, "made to exit");
        standing(look, seat);
        BigInteger fee = look.exitFee()
                .orElseThrow(() -> new ApiRefusal(
                        Kind.UNAVAILABLE,
                        "exit_requests_unavailable",
                        "The chain takes no exit requests (EIP-7002) now: its contract names no fee."));
        BigInteger most = call.optionalText("maxFeeWei").map(BigInteger::new).orElse(maxExitFee);
        if (most.compareTo(maxExitFee) > 0 || most.compareTo(fee) < 0) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "exit_fee_conflict",
                    "body.maxFeeWei must be from the present fee, " + fee + ", to " + maxExitFee
                            + " (SEAT_MANAGER_MAX_EXIT_FEE_WEI).");
        }
        String consensus = consensus(seat);
        requireEligible(seat);
        return new SeatActions.Planned(new PlannedAction.ForceExit(seat.pubkey(), seat.vault(), most), consensus);
    }

    private void requireEligible(Seat seat) {
        List<String> problems = validators.exitProblems(
                HexText.bytes(seat.pubkey()), seat.vault().text());
        if (!problems.isEmpty()) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "exit_not_eligible",
                    "The consensus layer would drop the exit without a word: " + String.join("; ", problems) + ".");
        }
    }

    private String consensus(Seat seat) {
        return switch (validators.find(HexText.bytes(seat.pubkey()))) {
            case ValidatorLookup.Answer.NotAsked not -> "not asked: " + not.reason();
            case ValidatorLookup.Answer.Unknown _ -> "asked: no validator and no pending deposit";
            case ValidatorLookup.Answer.Known known ->
                "asked: " + known.status().orElse("a pending deposit");
            case ValidatorLookup.Answer.Failed failed ->
                throw new ApiRefusal(
                        Kind.UNAVAILABLE,
                        "preflight_failed",
                        "The consensus clients do not say what became of the validator (" + failed.label() + ": "
                                + failed.sentence() + ").");
        };
    }

    private static void requireDeposited(Seat seat, String verb) {
        if (!WITH_DEPOSIT.contains(seat.status())) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "state_conflict",
                    "A seat that is " + seat.status() + " is not " + verb + ": it has no deposit.");
        }
    }
}
