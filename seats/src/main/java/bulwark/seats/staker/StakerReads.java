package bulwark.seats.staker;

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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What stakers read of their own validators. The header {@value #HEADER} is a claim: it counts only where the key is bound to that wallet and the seat pays to it. What is not the caller's looks like what is not there.
 */
public final class StakerReads {
    static final String HEADER = "X-Staker-Address";

    private final SeatStore store;

    public StakerReads(SeatStore store) {
        this.store = store;
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
        own(call);
        throw new ApiRefusal(
                Kind.UNAVAILABLE,
                "preflight_failed",
                "No endpoint of a chain is configured, so that rewards are not known.");
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
