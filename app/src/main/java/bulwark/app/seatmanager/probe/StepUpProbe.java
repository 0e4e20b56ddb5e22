package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** By one who may look alone, with a step-up token that nobody made: a person's session is no step-up, and this one is not even an administrator's. */
final class StepUpProbe implements Probe {
    private static final List<String> ROUTES =
            List.of("/v1/seats/generate", "/v1/seats/1/settle", "/v1/seats/1/force-exit");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-CSM-02",
                        Severity.CRITICAL,
                        "What cannot be undone asks for a step-up, and a token that nobody made is none.",
                        "runbook, section 7, CSM-02: \"Session admins must pass step-up\"",
                        "./bulwark reproduce says whether the program is that of the sources")
                .requires("V7.5.3", "V8.3.1")
                .sends(6, "four audit rows of refusals");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        ViewerSession session = seats.session();
        Map<String, Integer> answers = new LinkedHashMap<>();
        String[] headers = session.changing(
                "Content-Type",
                "application/json",
                "Idempotency-Key",
                "bulwark-doctor-" + visit.clock().millis(),
                "X-Step-Up-Token",
                "su1.bm9ib2R5.bm9ib2R5");
        for (String route : ROUTES) {
            answers.put(route, seats.ask("POST", route, "{}", headers).status());
        }
        answers.put(
                "/v1/auth/step-up",
                seats.ask(
                                "POST",
                                "/v1/auth/step-up",
                                "{\"password\":\"x\",\"action\":\"settle\"}",
                                session.changing("Content-Type", "application/json"))
                        .status());
        ProbeAnswer document = seats.get("/v1/openapi.json");
        long declared = document.json().path("paths").properties().stream()
                .filter(path -> List.of("/v1/seats/generate", "/v1/seats/{id}/settle", "/v1/seats/{id}/force-exit")
                        .contains(path.getKey()))
                .filter(path -> !path.getValue()
                        .path("post")
                        .path("x-step-up")
                        .asString("")
                        .isEmpty())
                .count();
        return Observed.of(
                answers.values().stream().allMatch(status -> status == 403) && declared == ROUTES.size(),
                "403 to each, and a step-up declared for the three",
                answers + ", declared for " + declared);
    }
}
