package bulwark.app.stigmem.probe;

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

/** On a success, a refusal for want of a key, an unknown path and a wrong method: a proxy that strips a header often does so on errors alone. */
final class ResponseHeadersProbe implements Probe {
    @Override
    public Observed observe(Visit visit) throws IOException, InterruptedException {
        FactTarget node = FactTarget.of(visit);
        Map<String, ProbeAnswer> answers = new LinkedHashMap<>();
        answers.put("a success", visit.client().get(node.plain(), "/healthz", null));
        answers.put("401", visit.client().get(node.plain(), "/v1/facts", null));
        answers.put("404", visit.client().get(node.plain(), "/no-such-path", null));
        answers.put("405", visit.client().ask("DELETE", node.plain(), "/healthz", null));
        List<String> missing = new ArrayList<>();
        answers.forEach((what, answer) -> HEADERS.forEach((name, value) -> {
            if (!answer.header(name).contains(value)) {
                missing.add(name + " on " + what + " (status " + answer.status() + ")");
            }
        }));
        return Observed.of(
                missing.isEmpty(),
                String.join(", ", HEADERS.keySet()) + " on 4 answers",
                missing.isEmpty() ? "all there" : "missing: " + String.join("; ", missing));
    }

    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "FACTS-HEADERS-01",
                        Severity.MEDIUM,
                        "Answers and refusals alike bear the headers that keep browsers out.",
                        "gateway page, \"Response headers\"; the same edge serves all parts",
                        "Let nothing that stands before the node take headers away")
                .requires("V3.4.3", "V3.4.4", "V3.4.5", "V3.4.6")
                .sends(4, "two counts of refused requests");
    }

    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "Content-Security-Policy", "default-src 'none'",
            "Referrer-Policy", "no-referrer",
            "Cache-Control", "no-store");
}
