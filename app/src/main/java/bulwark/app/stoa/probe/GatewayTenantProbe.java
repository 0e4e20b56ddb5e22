package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** With a token of a tenant to which the route does not belong: the answer must not even say that there is one. */
final class GatewayTenantProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-TENANT-01",
                        Severity.CRITICAL,
                        "A route of one tenant does not exist for a caller of another.",
                        "page, \"Network Policies: Tenant Isolation\"; spec of the gateway, case T14",
                        "Set tenant_id of the route to its owner (stoa diff), and look which tenant the issuer puts into tokens")
                .requires("V8.4.1", "V8.2.2")
                .sends(2, "two records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        String other = gateway.bearer("other_tenant_token_file");
        WireAnswer there = gateway.front().ask("GET", gateway.path(), other);
        WireAnswer nowhere = gateway.front().ask("GET", "/bulwark-doctor-no-such-path", other);
        return Observed.of(
                there.status() == 404 && there.body().equals(nowhere.body()),
                "404 with the words of a path that does not exist",
                "for the route " + GatewayTarget.words(there) + "; for no route " + GatewayTarget.words(nowhere));
    }
}
