package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** The control plane is asked to reach for the platform as the caller, and for a tenant as if it were there. */
final class ControlPlaneTenantsProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-CONTROL-04",
                        Severity.CRITICAL,
                        "A caller of one tenant reaches no other over the control plane.",
                        "page, \"Network Policies: Tenant Isolation\"; spec of the gateway, cases T14 and T15",
                        "Look which tenant the issuer puts into tokens, and run bin/stoa control-plane fsck")
                .requires("V8.4.1", "V8.2.2")
                .sends(2, "audit rows of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        String viewer = gateway.bearer("control_token_file");
        String tenant = gateway.claims("control_token_file").path("tenant").asString("none");
        WireAnswer tried =
                gateway.control().ask("GET", "/v1/audit/" + tenant + "/isolation-test?target_tenant=platform", viewer);
        WireAnswer other = gateway.control().ask("GET", "/v1/tenants/platform/apis", viewer);
        return Observed.of(
                tried.status() == 403 && tried.body().contains("tenant_isolation_violation") && other.status() == 404,
                "403 tenant_isolation_violation, and 404 for what belongs to another tenant",
                GatewayTarget.words(tried) + "; " + GatewayTarget.words(other));
    }
}
