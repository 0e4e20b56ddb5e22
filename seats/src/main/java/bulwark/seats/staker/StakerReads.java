package bulwark.seats.staker;

import bulwark.seats.chain.ChainAccess;
import bulwark.seats.chain.VaultState;
import bulwark.seats.contract.EvmAddress;
import bulwark.seats.contract.VaultAddress;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.seat.Seat;
import bulwark.seats.seat.SeatTable;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stakers read of their own validators. The header {@value #HEADER} is a claim: it counts only where the key is bound to that wallet and the seat pays to it. What is not the caller's looks like what is not there.
 */
public final class StakerReads {
    static final String HEADER = "X-Staker-Address";

    private final SeatStore store;
    private final @Nullable ChainAccess access;

    /** @param access null where no execution client is configured: rewards are not known then */
    public StakerReads(SeatStore store, @Nullable ChainAccess access) {
        this.store = store;
        this.access = access;
    }

    public List<SeatRoute> routes() {
        return List.of(
                read("/v1/validators/{address}", "The validators of a wallet", this::ofWallet),
                read(
                        "/v1/validator/{pubkey}",
                        "One validator",
                        call -> Response.json(200, own(call).json())),
                read("/v1/validator/{pubkey}/rewards", "Rewards of one validator", this::rewards),
                read("/v1/validator/{pubkey}/events", "Events of one validator", this::events));
    }

    private static SeatRoute read(String path, String summary, SeatRoute.Work.Answer work) {
        return SeatRoute.reads(path, summary, Roles.STAKER, RequestRules.NOTHING, work)
                .takenBy(SeatRoute.Callers.STAKER);
    }

    private Response ofWallet(Call call) {
        String wallet = call.request().pathParameter("address").toLowerCase(Locale.ROOT);
        if (!call.hasSession() && !claimed(call).equals(wallet)) {
            throw notFound();
        }
        if (!wallet.matches("0x[0-9a-f]{40}")) {
            throw notFound();
        }
        List<?> items = store.read(tx -> SeatTable.ofBeneficiary(tx, wallet)).stream()
                .map(Seat::json)
                .toList();
        return Response.json(200, Map.of("items", items));
    }

    private Response rewards(Call call) {
        Seat seat = own(call);
        ChainSnapshot look = ChainSnapshot.now(access);
        EvmAddress vault = seat.vault();
        VaultState state = look.vault(vault)
                .orElseThrow(() -> new ApiRefusal(
                        Kind.CONFLICT, "vault_missing", "The vault of this validator does not stand yet."));
        Map<String, Object> body = new LinkedHashMap<>(state.json());
        body.put("vault", vault.text());
        body.put("blocked", blocked(state));
        body.put("blockNumber", Long.toString(look.blockNumber()));
        return Response.json(200, body);
    }

    /** Why nothing can be claimed now; empty when something can. */
    private static String blocked(VaultState state) {
        if (state.phase() == 1) {
            return "A settlement is proposed: claims wait for its end.";
        }
        if (state.claimableRewards().signum() > 0) {
            return "";
        }
        return state.phase() == 0 && state.balance().compareTo(VaultAddress.PRINCIPAL_TARGET_WEI) >= 0
                ? "The vault holds the principal, which is protected until the settlement."
                : "The vault holds nothing that can be claimed in this period.";
    }

    private Response events(Call call) {
        Seat seat = own(call);
        return Response.json(200, Map.of("items", List.of(Map.of("at", seat.updatedAt(), "status", seat.status()))));
    }

    /** The seat of the path, when it pays to the wallet that the caller is bound to. */
    private Seat own(Call call) {
        String wallet = call.hasSession() ? "" : claimed(call);
        String pubkey = call.request().pathParameter("pubkey").toLowerCase(Locale.ROOT);
        Optional<Seat> seat = store.read(tx -> SeatTable.byPubkey(tx, pubkey));
        return seat.filter(found -> call.hasSession() || wallet.equals(found.beneficiary()))
                .orElseThrow(StakerReads::notFound);
    }

    /** The one wallet that the caller names, when its key is bound to it. */
    private static String claimed(Call call) {
        List<String> given = call.request().headers().all(HEADER);
        if (given.size() != 1 || !given.getFirst().strip().matches("0x[0-9a-fA-F]{40}")) {
            throw new ApiRefusal(
                    Kind.MALFORMED,
                    "staker_address_required",
                    "This asks for your wallet, once, in " + HEADER + ": 0x and 40 hexadecimal digits.");
        }
        String wallet = given.getFirst().strip().toLowerCase(Locale.ROOT);
        if (!call.caller().scopes().contains(wallet)) {
            throw notFound();
        }
        return wallet;
    }

    private static ApiRefusal notFound() {
        return new ApiRefusal(Kind.NOT_FOUND, "not_found", "There is no such validator of yours.");
    }
}
