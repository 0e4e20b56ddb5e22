package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** What the service's own watch says is read by somebody: an alert that nobody looks at is none. */
final class StandingAlertsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-ALERTS-01",
                        Severity.HIGH,
                        "No critical alert stands on the dashboard.",
                        "runbook, section 7: dashboard; seat manager, \"Watchers\"",
                        "GET /v1/dashboard/alerts names the next step of each")
                .requires("V16.3.3");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        List<JsonNode> alerts = SeatTarget.of(visit)
                .owner("/dashboard/alerts")
                .path("items")
                .valueStream()
                .filter(alert -> !alert.path("code").asString("").equals(StaticTokenProbe.ALERT))
                .toList();
        String expected = "none that is critical";
        String words = alerts.isEmpty()
                ? "no alert"
                : String.join(
                        "; ", alerts.stream().map(StandingAlertsProbe::words).toList());
        if (alerts.stream()
                .anyMatch(alert -> alert.path("severity").asString("").equals("critical"))) {
            return Observed.fail(expected, words);
        }
        return alerts.isEmpty()
                ? Observed.pass(expected, words)
                : Observed.warn(expected, words + " A production deployment has no standing alert");
    }

    private static String words(JsonNode alert) {
        return alert.path("code").asString("") + ": " + alert.path("cause").asString("") + " "
                + alert.path("nextStep").asString("");
    }
}
