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

/** What a form of any page can send without asking is no JSON. */
final class MediaTypeProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-CONTENT-01",
                        Severity.MEDIUM,
                        "A body that does not come as JSON is refused before it is read.",
                        "seat manager, \"HTTP API\": JSON only, 415",
                        "Let no proxy before the API rewrite Content-Type")
                .requires("V3.5.2", "V4.1.1")
                .sends(3, "three counts of refused requests");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        Map<String, Integer> answers = new LinkedHashMap<>();
        for (String type : List.of("text/plain", "application/x-www-form-urlencoded")) {
            answers.put(
                    type,
                    seats.ask("POST", "/v1/auth/login", "{}", "Content-Type", type)
                            .status());
        }
        answers.put("no type", seats.ask("POST", "/v1/auth/login", "{}").status());
        return Observed.of(
                answers.values().stream().allMatch(status -> status == 415), "415 to each", answers.toString());
    }
}
