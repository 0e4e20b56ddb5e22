package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** On a success and on refusals; and nowhere on plain HTTP, where RFC 6797, section 7.2, forbids it. */
final class GatewayStrictTransportProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TLS-07",
                        Severity.MEDIUM,
                        "Every answer over TLS tells browsers to come back over TLS alone, for a year.",
                        "page, \"Ingress TLS\"; box 1",
                        "Let nothing that stands before the gateway take Strict-Transport-Security away or shorten it")
                .requires("V3.4.1")
                .sends(4, "two records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        List<String> faults = new ArrayList<>();
        for (String path : List.of("/health", gateway.path(), "/bulwark-doctor-no-such-path")) {
            WireAnswer answer = gateway.front().ask("GET", path);
            List<String> values = answer.values(HEADER);
            if (values.size() != 1 || seconds(values.getFirst()) < YEAR_SECONDS) {
                faults.add("status " + answer.status() + " has " + (values.isEmpty() ? "none" : values));
            }
        }
        List<String> plain = gateway.plain().ask("GET", "/health").values(HEADER);
        if (!plain.isEmpty()) {
            faults.add("plain HTTP has " + plain);
        }
        return Observed.of(
                faults.isEmpty(),
                HEADER + " of " + YEAR_SECONDS + " s or more once on three answers over TLS, and none on plain HTTP",
                faults.isEmpty() ? "as expected" : String.join("; ", faults));
    }

    private static final String HEADER = "Strict-Transport-Security";
    private static final long YEAR_SECONDS = 31_536_000;
    private static final Pattern MAX_AGE = Pattern.compile("max-age=([0-9]{1,12})(;.*)?");

    private static long seconds(String value) {
        Matcher matcher = MAX_AGE.matcher(value);
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : 0;
    }
}
