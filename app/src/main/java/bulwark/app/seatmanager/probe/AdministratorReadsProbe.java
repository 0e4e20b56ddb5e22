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

/** The seed's own regression test, and its siblings, on the running service. */
final class AdministratorReadsProbe implements Probe {
    private static final List<String> ROUTES = List.of(
            "/v1/audit-logs",
            "/v1/audit-logs/1",
            "/v1/audit-logs/export",
            "/v1/dashboard/health",
            "/v1/dashboard/alerts",
            "/v1/users");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-CSM-03",
                        Severity.CRITICAL,
                        "One who may look reads seats, and neither the audit log nor the dashboard.",
                        "runbook, section 7, CSM-03: \"Global audit and dashboard reads are ADMIN-only\"",
                        "Look at /v1/users who has which role, and what stands before the API")
                .requires("V8.2.1", "V8.3.1")
                .sends(9, "audit rows of refusals");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        ViewerSession session = seats.session();
        Map<String, Integer> answers = new LinkedHashMap<>();
        for (String route : ROUTES) {
            answers.put(route, seats.get(route, session.reading()).status());
        }
        int seen = seats.get("/v1/seats?limit=1", session.reading()).status();
        int head = seats.ask("HEAD", "/v1/audit-logs", "", session.reading()).status();
        return Observed.of(
                seen == 200 && head >= 400 && answers.values().stream().allMatch(status -> status == 403),
                "200 for /v1/seats, and 403 for the rest",
                seen + " for /v1/seats, " + head + " for HEAD, " + answers);
    }
}
