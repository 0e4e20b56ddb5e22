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

/** Rows of the table of roles for the least of them, each with a body that nothing could be made of. */
final class ControlPlaneRolesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-CONTROL-03",
                        Severity.CRITICAL,
                        "A viewer of the control plane reads its tenant, and neither changes it nor exports its audit log.",
                        "page, box 9; NIS2: \"Access control\": \"Keycloak RBAC, 4 roles\"; spec of the gateway, cases T6 to T12",
                        "Look which roles the account bears at the issuer, and take the greater one away")
                .requires("V8.2.1", "V8.3.1")
                .sends(6, "audit rows of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        String viewer = gateway.bearer("control_token_file");
        String tenant = gateway.claims("control_token_file").path("tenant").asString("none");
        List<String> faults = new ArrayList<>();
        int looks = gateway.control()
                .ask("GET", "/v1/tenants/" + tenant + "/apis", viewer)
                .status();
        if (looks != 200) {
            faults.add("its APIs are answered " + looks);
        }
        refused(gateway.control().post("/v1/tenants/" + tenant + "/apis", "{}", viewer), "apis:create", faults);
        refused(gateway.control().ask("GET", "/v1/audit/" + tenant + "/export/csv", viewer), "audit:export", faults);
        refused(gateway.control().post("/v1/tenants", "{}", viewer), "tenants:create", faults);
        refused(gateway.control().post("/v1/admin/gateways", "{}", viewer), "", faults);
        refused(gateway.control().ask("DELETE", "/v1/tenants/" + tenant, viewer), "", faults);
        return Observed.of(
                faults.isEmpty(),
                "200 for its own APIs; 403 with the permission for five things that are not a viewer's",
                faults.isEmpty() ? "as expected" : String.join("; ", faults));
    }

    private static void refused(WireAnswer answer, String permission, List<String> faults) {
        if (answer.status() != 403 || !answer.body().contains(permission)) {
            faults.add((permission.isEmpty() ? "one of them" : permission) + " is answered "
                    + GatewayTarget.words(answer));
        }
    }
}
