package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireExchange;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** A length that is only announced, a target and a head that are sent. */
final class GatewaySizeLimitsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-HTTP-03",
                        Severity.MEDIUM,
                        "Bodies, targets and heads have limits, and what is beyond is refused at once.",
                        "spec of the gateway, case H5; DORA: operational resilience",
                        "Set STOA_BODY__MAX_BYTES to what the routes need, and let nothing before the gateway collect whole requests")
                .requires("V15.2.2", "V2.4.1")
                .sends(3, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireExchange front = gateway.front();
        int body =
                front.ask("POST", gateway.path(), "Content-Length: 99999999999").status();
        int target = front.ask("GET", "/" + "a".repeat(LONG)).status();
        int fields =
                front.ask("GET", "/health", "X-Long: " + "a".repeat(2 * LONG)).status();
        return Observed.of(
                body == 413 && target == 414 && fields == 431,
                "413 for a body of 100 GB, 414 for a target of " + LONG + " bytes, 431 for a head of " + 2 * LONG,
                body + ", " + target + ", " + fields);
    }

    private static final int LONG = 9_000;
}
