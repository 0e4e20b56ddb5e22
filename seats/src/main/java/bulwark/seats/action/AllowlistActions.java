package bulwark.seats.action;

import bulwark.seats.chain.ChainAccess;
import bulwark.seats.precondition.ChainSnapshot;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The switches of the gate. They are read from every label. The router takes a change of them from its governor alone, a cold key that no service holds: the actions say so. Thread-safe.
 */
public final class AllowlistActions {
    private final @Nullable ChainAccess access;

    /** @param access null where no execution client is configured: nothing is known then */
    public AllowlistActions(@Nullable ChainAccess access) {
        this.access = access;
    }

    public List<SeatRoute> routes() {
        List<SeatRoute> routes = new ArrayList<>();
        routes.add(SeatRoute.reads(
                "/v1/settings/allowlist",
                "The switches of the allowlist on the chain",
                Roles.VIEWER,
                RequestRules.NOTHING,
                this::read));
        for (String action : List.of("switch", "owner-only", "freeze/propose", "freeze/execute", "freeze/cancel")) {
            RequestRules rules = action.startsWith("freeze")
                    ? RequestRules.body(FieldRule.address("contract"))
                    : RequestRules.body(FieldRule.flag("enabled").mandatory());
            routes.add(SeatRoute.checks(
                            "POST",
                            "/v1/settings/allowlist/" + action,
                            "The action " + action + " of the allowlist",
                            Roles.ADMIN,
                            rules,
                            202,
                            this::ofGovernor)
                    .withIdempotency()
                    .withStepUp("allowlist-" + action.replace('/', '-')));
        }
        return routes;
    }

    private Response read(Call call) {
        return Response.json(200, ChainSnapshot.now(access).switches());
    }

    private SeatRoute.Work.Change ofGovernor(Call call) {
        ChainSnapshot.now(access);
        throw new ApiRefusal(
                Kind.UNAVAILABLE,
                "writes_disabled",
                "The router takes this from its governor alone, whose key this service does not hold and has no plan for.");
    }
}
