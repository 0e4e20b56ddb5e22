package bulwark.seats.operation;

import bulwark.seats.route.Call;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.web.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Health and alerts, for administrators alone. */
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
        return List.of(
                SeatRoute.reads(
                        "/v1/dashboard/health",
                        "State of watchers, endpoints and store",
                        Roles.ADMIN,
                        RequestRules.NOTHING,
                        this::health),
                SeatRoute.reads(
                        "/v1/dashboard/alerts", "Open alerts", Roles.ADMIN, RequestRules.NOTHING, this::alerts));
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
