package bulwark.seats.operation;

import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.storage.WriteTx;
import bulwark.seats.route.Call;
import bulwark.seats.route.FieldRule;
import bulwark.seats.route.RequestRules;
import bulwark.seats.route.Roles;
import bulwark.seats.route.SeatRoute;
import bulwark.seats.store.SeatStore;
import bulwark.seats.watch.AlertTable;
import bulwark.seats.watch.Heartbeat;
import bulwark.web.ApiRefusal;
import bulwark.web.ApiRefusal.Kind;
import bulwark.web.Response;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Health and alerts, for administrators alone. */
public final class Dashboard {
    private static final AuditEventType ALERT_CLOSED = AuditEventType.of(
            "alert_closed", "a person closed an alert", "request_id", "remote", "code", "alert_subject");

    public static final List<AuditEventType> EVENTS = List.of(ALERT_CLOSED);

    private final SeatStore store;
    private final boolean tokenWithoutSunset;
    private final boolean oneApproval;
    private final Duration staleAfter;
    private final Clock clock;
    private final Instant started;

    /**
     * @param tokenWithoutSunset whether a static token is set that has no end
     * @param oneApproval whether one approval is enough for a plan in production
     * @param staleAfter age at which a watcher's heartbeat is stale
     */
    public Dashboard(
            SeatStore store, boolean tokenWithoutSunset, boolean oneApproval, Duration staleAfter, Clock clock) {
        this.store = store;
        this.tokenWithoutSunset = tokenWithoutSunset;
        this.oneApproval = oneApproval;
        this.staleAfter = staleAfter;
        this.clock = clock;
        this.started = clock.instant();
    }

    public List<SeatRoute> routes() {
        return List.of(
                SeatRoute.reads(
                        "/v1/dashboard/health",
                        "State of watchers, endpoints and store",
                        Roles.ADMIN,
                        RequestRules.NOTHING,
                        this::health),
                SeatRoute.changes(
                        "POST",
                        "/v1/dashboard/alerts/close",
                        "Close an alert of a watcher: one whose cause is still there comes again",
                        Roles.ADMIN,
                        RequestRules.body(FieldRule.text("code", 1, 100), FieldRule.text("subject", 1, 200)),
                        200,
                        this::close),
                SeatRoute.reads(
                        "/v1/dashboard/alerts", "Open alerts", Roles.ADMIN, RequestRules.NOTHING, this::alerts));
    }

    private Response health(Call call) {
        @Nullable String problem = store.problem();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("watchers", watchers());
        body.put("rpc", List.of());
        body.put("db", problem == null ? Map.of("ok", true) : Map.of("ok", false, "reason", problem));
        return Response.json(200, body);
    }

    private Map<String, Object> watchers() {
        Map<String, Object> watchers = new LinkedHashMap<>();
        boolean healthy = true;
        for (String name : List.of(Heartbeat.EXECUTION, Heartbeat.CONSENSUS)) {
            Optional<Heartbeat> beat = store.read(tx -> Heartbeat.of(tx, name));
            boolean stale = beat.isEmpty() || beat.get().isStale(clock.instant(), staleAfter);
            healthy &= !stale;
            Map<String, @Nullable Object> watcher = new LinkedHashMap<>();
            watcher.put("lastSeen", beat.map(each -> each.seenAt().toString()).orElse(null));
            watcher.put("stale", stale);
            watcher.put("meta", beat.map(each -> meta(name, each)).orElse(Map.of()));
            if (beat.isEmpty()) {
                watcher.put(
                        "reason", "no watcher has looked yet: it needs clients and seat-manager watch or api-watch");
            }
            watchers.put(name, watcher);
        }
        watchers.put("allHealthy", healthy);
        return watchers;
    }

    private static Map<String, Object> meta(String watcher, Heartbeat beat) {
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put(watcher.equals(Heartbeat.EXECUTION) ? "lastBlock" : "lastEpoch", beat.position());
        meta.put("seatsMonitored", beat.seats());
        return meta;
    }

    private Response close(WriteTx tx, Call call) throws SQLException {
        String code = call.text("code");
        String subject = call.text("subject");
        if (!AlertTable.closeByHand(tx, code, subject)) {
            throw new ApiRefusal(
                    Kind.NOT_FOUND, "not_found", "There is no open alert of a watcher with this code and subject.");
        }
        store.audited()
                .audit()
                .append(tx, call.event(ALERT_CLOSED, null, Map.of("code", code, "alert_subject", subject)));
        return Response.json(200, Map.of("closed", true));
    }

    private Response alerts(Call call) {
        List<Map<String, Object>> alerts = new ArrayList<>(store.<List<Map<String, Object>>>read(AlertTable::shown));
        for (String name : List.of(Heartbeat.EXECUTION, Heartbeat.CONSENSUS)) {
            store.read(tx -> Heartbeat.of(tx, name))
                    .filter(beat -> beat.isStale(clock.instant(), staleAfter))
                    .ifPresent(beat -> alerts.add(stale(name, beat)));
        }
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

    private Map<String, Object> stale(String watcher, Heartbeat beat) {
        Map<String, Object> alert = alert(
                "WATCHER_STALE",
                "critical",
                "The last successful look of the watcher " + watcher + " was at " + beat.seenAt() + ".",
                "Look at seat-manager status and at the log of the process that watches.");
        alert.put("subject", "watcher:" + watcher);
        alert.put("since", beat.seenAt().plus(staleAfter).toString());
        return alert;
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
