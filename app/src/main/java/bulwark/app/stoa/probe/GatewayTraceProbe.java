package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** The id of a call goes into logs and records: what is no id must not get there. */
final class GatewayTraceProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TRACE-01",
                        Severity.MEDIUM,
                        "A good trace id is continued, and a malformed one is replaced.",
                        "spec of the gateway, case P13",
                        "Let nothing before the gateway copy ids of callers into X-Stoa-Trace-Id")
                .requires("V16.4.1", "V16.2.4")
                .sends(3, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        String good = trace(gateway, "00-" + GOOD + "-00f067aa0ba902b7-01");
        String malformed = trace(gateway, "00-" + GOOD + "<script>-00f067aa0ba902b7-01");
        String zero = trace(gateway, "00-" + "0".repeat(32) + "-00f067aa0ba902b7-01");
        boolean fresh = malformed.matches(ID) && !malformed.equals(GOOD) && zero.matches(ID) && !zero.matches("0+");
        return Observed.of(
                good.equals(GOOD) && fresh,
                "the caller's id once, and two ids of the gateway's own",
                good + "; " + malformed + "; " + zero);
    }

    private static final String GOOD = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String ID = "[0-9a-f]{32}";

    private static String trace(GatewayTarget gateway, String parent) throws IOException {
        return gateway.front()
                .ask("GET", gateway.path(), "traceparent: " + parent)
                .value("X-Stoa-Trace-Id");
    }
}
