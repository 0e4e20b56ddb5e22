package bulwark.seats.operation;

import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Health and alerts, for administrators alone, and what the allowlist would be asked if a chain were configured. */
public final class Dashboard {
    private final SeatStore store;
    private final boolean tokenWithoutSunset;
    private final boolean oneApproval;
    private final Instant started;

    /**
     * @param tokenWithoutSunset whether a static token is set that has no end
     * @param oneApproval whether one approval is enough for a plan in production
     */
    public Dashboard(SeatStore store, boolean tokenWithoutSunset, boolean oneApproval, Instant started) {
        this.store = store;
        this.tokenWithoutSunset = tokenWithoutSunset;
        this.oneApproval = oneApproval;
        this.started = started;
    }

    public List<SeatRoute> routes() {
        List<SeatRoute> routes = new ArrayList<>(List.of(
                SeatRoute.reads(
                        "/v1/dashboard/health",
                        "State of watchers, endpoints and store",
                        Roles.ADMIN,
                        RequestRules.NOTHING,
                        this::health),
                SeatRoute.reads("/v1/dashboard/alerts", "Open alerts", Roles.ADMIN, RequestRules.NOTHING, this::alerts),
                SeatRoute.reads(
                        "/v1/settings/allowlist",
                        "The switches of the allowlist on the chain",
                        Roles.VIEWER,
                        RequestRules.NOTHING,
                        Dashboard::unknown)));
        for (String action : List.of("switch", "owner-only", "freeze/propose", "freeze/execute", "freeze/cancel")) {
            RequestRules rules = action.startsWith("freeze")
                    ? RequestRules.body(FieldRule.address("contract"))
                    : RequestRules.body(required(FieldRule.flag("enabled")));
            routes.add(SeatRoute.changes(
                            "POST",
                            "/v1/settings/allowlist/" + action,
                            "The action " + action + " of the allowlist",
                            Roles.ADMIN,
                            rules,
                            202,
                            (tx, call) -> {
                                throw new ApiRefusal(
                                        Kind.UNAVAILABLE,
                                        "writes_disabled",
                                        "This service is plan-only: it loads no key and sends nothing.");
                            })
                    .withIdempotency()
                    .withStepUp("allowlist-" + action.replace('/', '-')));
        }
        return routes;
    }

    private static FieldRule required(FieldRule rule) {
        return new FieldRule(
                rule.name(), rule.kind(), true, rule.form(), rule.must(), rule.min(), rule.max(), rule.secret());
    }

    private static Response unknown(Call call) {
        throw new ApiRefusal(
                Kind.UNAVAILABLE,
                "preflight_failed",
                "No endpoint of a chain is configured, so that nobody knows the switches of the contract.");
    }

    private Response health(Call call) {
        @Nullable String problem = store.problem();
        Map<String, Object> idle = new LinkedHashMap<>();
        idle.put("running", false);
        idle.put("reason", "no endpoint of a chain is configured");
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("watchers", Map.of("el", idle, "cl", idle, "allHealthy", false));
        body.put("rpc", List.of());
        body.put("db", problem == null ? Map.of("ok", true) : Map.of("ok", false, "reason", problem));
        return Response.json(200, body);
    }

    private Response alerts(Call call) {
        List<Map<String, Object>> alerts = new ArrayList<>();
        if (tokenWithoutSunset) {
            alerts.add(alert(
                    "STATIC_TOKEN_WITHOUT_SUNSET",
                    "warning",
                    "ADMIN_TOKEN has no end.",
                    "Set SEAT_MANAGER_STATIC_ADMIN_TOKEN_SUNSET, or take the token away."));
        }
        if (oneApproval) {
            alerts.add(alert(
                    "ONE_APPROVAL",
                    "warning",
                    "One person beside the proposer is enough for a plan.",
                    "Set SEAT_MANAGER_APPROVALS=2."));
        }
        @Nullable String problem = store.problem();
        if (problem != null) {
            alerts.add(alert("STORE", "critical", problem, "Run seat-manager migrate verify and seat-manager fsck."));
        }
        return Response.json(200, Map.of("items", alerts));
    }

    private Map<String, Object> alert(String code, String severity, String cause, String next) {
        Map<String, Object> alert = new LinkedHashMap<>();
        alert.put("code", code);
        alert.put("severity", severity);
        alert.put("since", started.toString());
        alert.put("cause", cause);
        alert.put("nextStep", next);
        return alert;
    }
}
