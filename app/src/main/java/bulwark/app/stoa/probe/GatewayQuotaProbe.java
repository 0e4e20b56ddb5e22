package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** What a caller is told with each answer. */
final class GatewayQuotaProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-QUOTA-01",
                        Severity.HIGH,
                        "Calls are counted for their caller, who is told what is left.",
                        "page, \"Application (RBAC, quotas, SSRF block)\"; spec of the gateway, case Q2",
                        "Set STOA_QUOTA_ENFORCEMENT_ENABLED to true and restart the gateway")
                .requires("V2.4.1")
                .sends(1, "calls of its own quota");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireAnswer answer = gateway.front().ask("GET", gateway.path(), gateway.viewer());
        long limit = number(answer, "X-RateLimit-Limit");
        long left = number(answer, "X-RateLimit-Remaining");
        long reset = number(answer, "X-RateLimit-Reset");
        return Observed.of(
                limit > 0 && left >= 0 && left < limit && reset > 0,
                "a limit, less than it left after a call, and the time of its reset",
                limit < 0 ? "no X-RateLimit-Limit" : left + " of " + limit + " left, reset " + reset);
    }

    private static long number(WireAnswer answer, String name) {
        String value = answer.value(name);
        return value.matches("[0-9]{1,18}") ? Long.parseLong(value) : -1;
    }
}
