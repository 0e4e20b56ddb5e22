package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** The service itself complains of a token without an end, for as long as it has one. */
final class StaticTokenProbe implements Probe {
    static final String ALERT = "STATIC_TOKEN_WITHOUT_SUNSET";

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-TOKEN-01",
                        Severity.HIGH,
                        "There is no static administrator token, or it has an end.",
                        "runbook, section 4: \"SEAT_MANAGER_STATIC_ADMIN_TOKEN_SUNSET\"",
                        "Set SEAT_MANAGER_STATIC_ADMIN_TOKEN_SUNSET, or take ADMIN_TOKEN away, and restart the API")
                .requires("V13.3.4");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        boolean endless = SeatTarget.of(visit)
                .owner("/dashboard/alerts")
                .path("items")
                .valueStream()
                .anyMatch(alert -> alert.path("code").asString("").equals(ALERT));
        return Observed.of(
                !endless, "no alert " + ALERT, endless ? "the alert stands: ADMIN_TOKEN has no end" : "no such alert");
    }
}
