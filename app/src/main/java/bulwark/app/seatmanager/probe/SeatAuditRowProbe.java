package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/** The doctor asks for something that is not there, under a name that nobody else asks for, and looks whether that left its trace. */
final class SeatAuditRowProbe implements Probe {
    private static final int MAX_LOOKS = 20;
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        String expected = "an audit row of the doctor's refused call, with its user, within 2 s";
        String path = "/v1/auth/sessions/doctor-" + visit.clock().millis();
        ProbeAnswer refused = seats.ask("DELETE", path, "", seats.session().changing());
        if (refused.status() != 404) {
            return Observed.fail(expected, "the call was not refused: status " + refused.status());
        }
        long from = System.nanoTime();
        for (int i = 0; i < MAX_LOOKS; i++) {
            for (JsonNode row : seats.owner("/audit-logs").path("items")) {
                if (row.path("detail").path("path").asString("").equals(path)
                        && row.path("actor").asString("").startsWith("user:")) {
                    return Observed.pass(
                            expected,
                            "row " + row.path("seq").asLong(0) + " after " + (System.nanoTime() - from) / 1_000_000
                                    + " ms");
                }
            }
            Thread.sleep(LOOK_INTERVAL);
        }
        return Observed.fail(expected, "no such row after " + (System.nanoTime() - from) / 1_000_000 + " ms");
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-AUDIT-01",
                        Severity.CRITICAL,
                        "A refused call appears in the audit log within two seconds, with its user.",
                        "seat manager, \"Controls\": audit row REJECTED; runbook, section 7",
                        "Read the service's log and run seat-manager fsck: evidence is not written")
                .requires("V16.2.1", "V16.3.2")
                .sends(2, "one audit row of a refusal");
    }
}
