package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Of each kind of route one: reads, administration, changes, step-ups and stakers' reads. */
final class SeatCredentialsProbe implements Probe {
    private static final List<String> READS =
            List.of("/v1/seats", "/v1/users", "/v1/operators", "/v1/operations", "/v1/staker-keys", "/v1/auth/me");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-AUTH-01",
                        Severity.CRITICAL,
                        "Without a credential nothing is read and nothing is changed.",
                        "runbook, section 4: authentication; section 7, \"Primary routes\"",
                        "Let nothing before the API bring a credential of its own")
                .requires("V8.2.1", "V8.3.1")
                .sends(8, "eight counts of failed authentication");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        Map<String, Integer> answers = new LinkedHashMap<>();
        for (String path : READS) {
            answers.put(path, seats.get(path).status());
        }
        for (String path : List.of("/v1/operators", "/v1/seats/1/approve")) {
            answers.put(
                    "POST " + path,
                    seats.ask("POST", path, "{}", "Content-Type", "application/json")
                            .status());
        }
        return Observed.of(
                answers.values().stream().allMatch(status -> status == 401),
                "401 on " + answers.size() + " routes",
                answers.toString());
    }
}
