package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** Health is red while evidence cannot be written, was changed, or the schema is another; and it is open to anybody, so that it says little. */
final class SeatHealthProbe implements Probe {
    private static final Set<String> MEMBERS =
            Set.of("status", "version", "schemaVersion", "writes", "signer", "reason");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-HEALTH-01",
                        Severity.CRITICAL,
                        "The service is healthy, and tells a stranger no more than that.",
                        "runbook, section 6: \"Verify\"; section 5: migrations",
                        "Read the service's log, then run seat-manager migrate verify and seat-manager fsck")
                .requires("V16.5.3", "V15.3.1")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        ProbeAnswer answer = SeatTarget.of(visit).get("/health");
        String status = answer.json().path("status").asString("-");
        Set<String> more = new TreeSet<>();
        answer.json().properties().stream()
                .map(java.util.Map.Entry::getKey)
                .filter(name -> !MEMBERS.contains(name))
                .forEach(more::add);
        return Observed.of(
                answer.status() == 200 && status.equals("ok") && more.isEmpty(),
                "200 ok, with version, schema, writes and kind of signer alone",
                answer.status() + " " + status + " "
                        + answer.json().path("reason").asString("")
                        + (more.isEmpty() ? "" : ", and also " + more));
    }
}
