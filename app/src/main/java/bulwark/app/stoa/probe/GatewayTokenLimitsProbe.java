package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** Both are signed by the issuer; what stands in them is over, or meant for another service. */
final class GatewayTokenLimitsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-AUTH-03",
                        Severity.HIGH,
                        "A token that ended, or that was made for another service, opens nothing.",
                        "page, box 5: \"Token lifespans shortened\"; spec of the gateway, case T1",
                        "Let both machines follow one time service, and name in STOA_ALLOWED_AUDIENCES what is meant for this gateway alone")
                .requires("V9.2.1", "V9.2.3")
                .sends(2, "two records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireAnswer ended = gateway.front().ask("GET", gateway.path(), gateway.bearer("expired_token_file"));
        WireAnswer elsewhere = gateway.front().ask("GET", gateway.path(), gateway.bearer("other_audience_token_file"));
        return Observed.of(
                ended.status() == 401 && elsewhere.status() == 401,
                "401 for each",
                "one that ended: " + GatewayTarget.words(ended) + "; one for another service: "
                        + GatewayTarget.words(elsewhere));
    }
}
