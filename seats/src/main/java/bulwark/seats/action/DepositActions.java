package bulwark.seats.action;

import bulwark.seats.approval.PlanKeeper;
import bulwark.seats.approval.PlanSettings;
import bulwark.seats.chain.VaultVerifier;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.HexText;
import bulwark.seats.contract.WithdrawalVaultAbi;
import bulwark.seats.plan.DepositDataRoot;
import bulwark.seats.plan.PlannedAction;
import bulwark.seats.plan.VaultParameters;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.precondition.KeyStanding;
import bulwark.seats.route.Call;
import bulwark.seats.seat.DepositDataRegister;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatRegister;
import bulwark.seats.seat.SeatVaultTable;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import java.util.List;

/** Plans that commit the principal: the intent on the gate's list, and the deposit. Before both, the vault is looked at and every deposit of the key. Thread-safe. */
public final class DepositActions {
    private final SeatStore store;
    private final PlanKeeper plans;
    private final SeatRegister seats;
    private final KeyStanding keys;

    public DepositActions(SeatStore store, PlanKeeper plans, SeatRegister seats, KeyStanding keys) {
        this.store = store;
        this.plans = plans;
        this.seats = seats;
        this.keys = keys;
    }

    SeatActions.Planned approve(ChainSnapshot look, Seat seat, Call call) {
        requireStatus(seat, "approved", "CREATED");
        vault(look, seat);
        String consensus = requireFreeKey(look, seat, call);
        if (isAllowed(look, seat)) {
            throw new ApiRefusal(
                    Kind.CONFLICT, "intent_allowed", "The gate's list has the intent of this seat: plan the deposit.");
        }
        return new SeatActions.Planned(
                new PlannedAction.Approve(
                        seat.pubkey(),
                        seat.withdrawalCredentials(),
                        Long.parseLong(seat.amountGwei()),
                        look.network().treasuryRouter()),
                consensus);
    }

    /** The intent on the chain counts, and not how far the rows of this service are behind it. */
    SeatActions.Planned deposit(ChainSnapshot look, Seat seat, Call call) {
        requireStatus(seat, "deposited", "CREATED", "ALLOWLISTED");
        String signature = store.read(tx -> DepositDataRegister.signature(tx, seat.id()))
                .orElseThrow(() -> new ApiRefusal(
                        Kind.CONFLICT,
                        "deposit_data_missing",
                        "The seat has no verified deposit data: let its operator hand them over first."));
        VaultParameters parameters = vault(look, seat);
        String consensus = requireFreeKey(look, seat, call);
        if (look.hasAllowlist() && !isAllowed(look, seat)) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "intent_not_allowed",
                    "The gate's list has no intent of this seat in epoch " + look.epoch()
                            + ": approve the seat first.");
        }
        long gwei = Long.parseLong(seat.amountGwei());
        return new SeatActions.Planned(
                new PlannedAction.Deposit(
                        seat.pubkey(),
                        seat.withdrawalCredentials(),
                        signature,
                        DepositDataRoot.of(seat.pubkey(), seat.withdrawalCredentials(), gwei, signature),
                        look.depositRoot(),
                        gwei,
                        seat.vault(),
                        parameters),
                consensus);
    }

    private static void requireStatus(Seat seat, String verb, String... allowed) {
        if (!List.of(allowed).contains(seat.status())) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "state_conflict",
                    "A seat that is " + seat.status() + " is not " + verb + ": only one that is "
                            + String.join(" or ", allowed) + " is.");
        }
    }

    private static boolean isAllowed(ChainSnapshot look, Seat seat) {
        return look.isAllowed(
                HexText.bytes(seat.pubkey()),
                HexText.bytes(seat.withdrawalCredentials()),
                Long.parseLong(seat.amountGwei()));
    }

    /** Looks at the vault's seven properties on every label. @return what it was made with */
    private VaultParameters vault(ChainSnapshot look, Seat seat) {
        VaultActions.standing(look, seat);
        VaultParameters parameters =
                store.read(tx -> SeatVaultTable.find(tx, seat)).orElseGet(() -> onChain(look, seat.vault()));
        VaultVerifier.Wanted wanted = new VaultVerifier.Wanted(
                HexText.bytes(seat.pubkey()),
                parameters.beneficiary(),
                parameters.claimDelaySeconds(),
                parameters.maxClaimPerPeriodWei());
        List<String> problems = look.ask(
                "vault properties",
                (node, at) -> new VaultVerifier(
                                node,
                                look.network().vaultFactory(),
                                look.network().treasuryRouter())
                        .problems(wanted, at));
        PlanSettings.Chain chain = plans.chain();
        EvmAddress derived = chain.vaultCode().address(chain.network(), seat.pubkey(), parameters);
        if (!problems.isEmpty() || !derived.equals(seat.vault())) {
            throw new ApiRefusal(
                    Kind.CONFLICT,
                    "vault_differs",
                    "The vault is not the one that the seat was made with: "
                            + (problems.isEmpty()
                                    ? "its parameters give the address " + derived.checksummed()
                                    : String.join("; ", problems))
                            + ".");
        }
        return parameters;
    }

    /** Of a vault that was made elsewhere: that its address follows from them is looked at afterwards. */
    private static VaultParameters onChain(ChainSnapshot look, EvmAddress vault) {
        return look.ask(
                "vault parameters",
                (node, at) -> new VaultParameters(
                        node.read(vault, at, WithdrawalVaultAbi.BENEFICIARY).address(0),
                        node.read(vault, at, WithdrawalVaultAbi.CLAIM_DELAY)
                                .number(0)
                                .longValueExact(),
                        node.read(vault, at, WithdrawalVaultAbi.MAX_CLAIM_PER_PERIOD)
                                .number(0)));
    }

    private String requireFreeKey(ChainSnapshot look, Seat seat, Call call) {
        KeyStanding.Verdict verdict =
                keys.of(look, HexText.bytes(seat.pubkey()), HexText.bytes(seat.withdrawalCredentials()));
        return switch (verdict) {
            case KeyStanding.Verdict.Free free -> free.consensus();
            case KeyStanding.Verdict.Taken taken -> {
                if (taken.foreign()) {
                    store.write(tx -> {
                        seats.except(tx, call, SeatRegister.existing(tx, call), "PUBKEY_ALREADY_DEPOSITED");
                        return 0;
                    });
                }
                throw new ApiRefusal(Kind.CONFLICT, taken.code(), taken.sentence());
            }
        };
    }
}
