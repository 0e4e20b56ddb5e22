package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.StrictJson;
import bulwark.web.Response;
import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** A store that was restored agrees with itself; the doctor remembers a row that it does not have any more. */
final class SeatAuditHeadProbe implements Probe {
    private static final String PIN = "seats.audit.head";

    @Override
    public Observed observe(Visit visit) throws IOException {
        SeatTarget seats = SeatTarget.of(visit);
        Optional<JsonNode> last = seats.owner("/audit-logs")
                .path("items")
                .valueStream()
                .max(Comparator.comparingLong(row -> row.path("seq").asLong(0)));
        if (last.isEmpty()) {
            return Observed.error("a row to remember", "the audit log shows no row");
        }
        JsonNode newest = last.get();
        String hash = newest.path("hash").asString("");
        String now = newest.path("seq").asLong(0) + " " + hash;
        Optional<String> before = visit.memory().pinned(PIN, now);
        if (before.isEmpty()) {
            return Observed.pass("a row to remember", "row " + now + ", remembered at this visit");
        }
        String expected = "row " + before.get() + ", newest at the last visit";
        String[] remembered = before.get().split(" ", 2);
        Response answer = seats.ownerAsks("/audit-logs/" + remembered[0], Map.of());
        String there = answer.status() == 200
                ? StrictJson.parse(answer.body()).path("hash").asString("")
                : "no row";
        if (!there.equals(remembered[1])) {
            return Observed.fail(expected, "at " + remembered[0] + " stands " + there + "; newest is row " + now);
        }
        visit.memory().pinAgain(PIN, now);
        return Observed.pass(expected, "it is there; newest is row " + now);
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-AUDIT-02",
                        Severity.CRITICAL,
                        "The audit log still holds the newest row of the last visit.",
                        "runbook, section 6; seat manager, \"restored database refused\"",
                        "Keep sends paused, keep both stores, and find out what was restored: the doctor's memory has the row that is gone")
                .requires("V16.4.2");
    }
}
