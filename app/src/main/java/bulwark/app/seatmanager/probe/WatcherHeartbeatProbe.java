package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A watcher that looks no more finds nothing wrong. */
final class WatcherHeartbeatProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-WATCH-01",
                        Severity.HIGH,
                        "Each watcher that ever looked looked lately.",
                        "seat manager, \"Watchers\": heartbeat; runbook, section 7: dashboard",
                        "seat-manager status, and the log of the process that watches, say why it looks no more")
                .requires("V16.5.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        JsonNode watchers = SeatTarget.of(visit).owner("/dashboard/health").path("watchers");
        List<String> stale = new ArrayList<>();
        int looked = 0;
        for (String name : List.of("el", "cl")) {
            String last = watchers.path(name).path("lastSeen").asString("");
            if (!last.isEmpty()) {
                looked++;
                if (watchers.path(name).path("stale").asBoolean(true)) {
                    stale.add(name + " looked last at " + last);
                }
            }
        }
        if (looked == 0) {
            throw new ProbeNotApplicable("no watcher has looked yet: this deployment names no clients of a chain");
        }
        return Observed.of(
                stale.isEmpty(),
                "a heartbeat younger than the service's own limit",
                stale.isEmpty() ? looked + " watchers, each with a young heartbeat" : String.join("; ", stale));
    }
}
