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
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What a scanner goes by: names and versions in headers, and traces of a program in bodies. */
final class GatewaySilenceProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-HEADERS-03",
                        Severity.LOW,
                        "No answer names the programs that made it, nor shows their insides.",
                        "spec of the gateway, case H7: no Server that names a framework",
                        "Switch the Server and X-Powered-By headers of whatever stands before the gateway off, and its own error pages")
                .requires("V13.4.6", "V16.5.1")
                .sends(6, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        List<String> faults = new ArrayList<>();
        for (WireAnswer answer : List.of(
                gateway.front().ask("GET", "/health"),
                gateway.front().ask("GET", gateway.path(), gateway.viewer()),
                gateway.front().ask("GET", "/bulwark-doctor-no-such-path"),
                gateway.front().send("GET /health HTTP/1.1\r\nno header line\r\n\r\n"),
                gateway.plain().ask("GET", "/"),
                gateway.admin().ask("GET", "/admin/no-such-path"))) {
            answer.fields().stream()
                    .filter(field -> TELLING.contains(field.getKey().toLowerCase(Locale.ROOT)))
                    .forEach(field -> faults.add(field.getKey() + ": " + field.getValue() + " on " + answer.status()));
            if (INSIDES.matcher(answer.body()).find()) {
                faults.add("the body of a " + answer.status() + " shows a trace of the program");
            }
        }
        return Observed.of(
                faults.isEmpty(),
                "six answers that name no program",
                faults.isEmpty() ? "none" : String.join("; ", faults));
    }

    private static final Set<String> TELLING =
            Set.of("server", "x-powered-by", "x-aspnet-version", "x-generator", "x-runtime", "x-served-by");
    private static final Pattern INSIDES =
            Pattern.compile("\\bat [a-z]+(\\.[A-Za-z0-9_$]+)+\\(|Exception\\b|Traceback");
}
