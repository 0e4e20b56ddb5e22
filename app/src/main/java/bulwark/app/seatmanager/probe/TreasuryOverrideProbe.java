package bulwark.app.seatmanager.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.StrictJson;
import bulwark.web.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Over the owner's socket, where no role and no step-up stands before the schema, which is that of the API: what it refuses there, nobody gets past it anywhere. */
final class TreasuryOverrideProbe implements Probe {
    private static final List<String> ROUTES = List.of(
            "/seats/generate",
            "/seats/with-vault",
            "/seats/1/approve",
            "/seats/1/deposit",
            "/seats/1/settle",
            "/seats/1/force-exit");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-CSM-01",
                        Severity.CRITICAL,
                        "A treasury that a caller names is refused by its name, on each route that moves money.",
                        "runbook, section 7, CSM-01: \"API rejects caller-supplied treasury\"",
                        "./bulwark reproduce says whether the program is that of the sources")
                .requires("V2.2.1", "V15.3.3")
                .sends(0, "nothing");
    }

    @Override
    public Observed observe(Visit visit) {
        SeatTarget seats = SeatTarget.of(visit);
        Map<String, String> answers = new LinkedHashMap<>();
        ROUTES.forEach(route -> answers.put(route, refusal(seats, route, "treasury")));
        answers.put("/seats/generate in capitals", refusal(seats, "/seats/generate", "Treasury"));
        return Observed.of(
                answers.values().stream().allMatch(answer -> answer.equals("refused")),
                "400 that names the field, on " + answers.size() + " requests",
                answers.toString());
    }

    private static String refusal(SeatTarget seats, String route, String member) {
        Response answer = seats.ownerAsks(route, Map.of(member, ViewerEnrolment.WALLET));
        if (answer.status() != 400) {
            return "status " + answer.status();
        }
        for (JsonNode detail : StrictJson.parse(answer.body()).path("error").path("details")) {
            if (detail.path("field").asString("").endsWith(member)) {
                return "refused";
            }
        }
        return "refused without naming it";
    }
}
