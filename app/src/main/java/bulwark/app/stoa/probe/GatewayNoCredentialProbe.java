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

/** Without a credential, with one of another kind, with an empty one, and with one in the query. */
final class GatewayNoCredentialProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-AUTH-01",
                        Severity.CRITICAL,
                        "A governed route is closed to whoever shows no token, and says where tokens come from.",
                        "page, \"Identity (Keycloak, OIDC, mTLS)\"; box 9; NIS2: access control",
                        "Set callers of the route to known (stoa diff shows what changed), and let no proxy add a credential of its own")
                .requires("V8.2.1", "V8.3.1")
                .sends(4, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        List<String> faults = new ArrayList<>();
        refused("without a credential", gateway.front().ask("GET", gateway.path()), faults);
        refused(
                "Basic",
                gateway.front().ask("GET", gateway.path(), "Authorization: Basic ZG9jdG9yOmRvY3Rvcg=="),
                faults);
        refused("an empty token", gateway.front().ask("GET", gateway.path(), "Authorization: Bearer "), faults);
        refused(
                "a token in the query",
                gateway.front().ask("GET", gateway.path() + "?access_token=" + "a".repeat(40)),
                faults);
        return Observed.of(
                faults.isEmpty(),
                "401 for four, with a challenge that names the metadata of the gateway",
                faults.isEmpty() ? "401 for four, challenged" : String.join("; ", faults));
    }

    private static void refused(String what, WireAnswer answer, List<String> faults) {
        String challenge = answer.value("WWW-Authenticate");
        if (answer.status() != 401) {
            faults.add(what + " is answered " + answer.status());
        } else if (!challenge.startsWith("Bearer") || !challenge.contains("resource_metadata=\"http")) {
            faults.add(what + " is challenged with " + (challenge.isEmpty() ? "nothing" : challenge));
        }
    }
}
