package bulwark.app.seatmanager.probe;

import bulwark.doctor.client.ProbeAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Amounts, wallets and cookies pass here: on a success and three refusals, since a proxy that strips a header often does so on errors alone. */
final class SeatHeadersProbe implements Probe {
    private static final List<String> NAMES = List.of(
            "X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy", "Referrer-Policy", "Cache-Control");
    private static final List<String> VALUES =
            List.of("nosniff", "DENY", "default-src 'none'", "no-referrer", "no-store");

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "SEATS-HEADERS-01",
                        Severity.MEDIUM,
                        "Answers and refusals of the API alike bear the headers that keep browsers out.",
                        "seat manager, \"RBAC, limits\": security headers",
                        "Let nothing that stands before the API take headers away")
                .requires("V3.4.3", "V3.4.4", "V3.4.5", "V3.4.6")
                .sends(4, "counts of refused requests");
    }

    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        SeatTarget seats = SeatTarget.of(visit);
        Map<String, ProbeAnswer> answers = new LinkedHashMap<>();
        answers.put("a success", seats.get("/health"));
        answers.put("401", seats.get("/v1/seats"));
        answers.put("404", seats.get("/no-such-path"));
        answers.put("405", seats.ask("DELETE", "/health", ""));
        List<String> missing = new ArrayList<>();
        answers.forEach((what, answer) -> {
            for (int i = 0; i < NAMES.size(); i++) {
                if (!answer.header(NAMES.get(i)).contains(VALUES.get(i))) {
                    missing.add(NAMES.get(i) + " on " + what + " (status " + answer.status() + ")");
                }
            }
        });
        return Observed.of(
                missing.isEmpty(),
                String.join(", ", NAMES) + " on 4 answers",
                missing.isEmpty() ? "all there" : "missing: " + String.join("; ", missing));
    }
}
