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

/** With the least of the four roles: what changes something is refused before a backend hears of it. */
final class GatewayRolesProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-AUTH-05",
                        Severity.CRITICAL,
                        "A viewer looks, and changes nothing.",
                        "page, box 9; NIS2: \"Access control\": \"Keycloak RBAC, 4 roles\"",
                        "Look which role the token bears (bin/stoa explain TRACE), and take the greater one away from the account")
                .requires("V8.2.1", "V8.3.1")
                .sends(5, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        int looks = gateway.front().ask("GET", gateway.path(), gateway.viewer()).status();
        List<String> faults = new ArrayList<>();
        if (looks == 401 || looks == 403 || looks == 404) {
            faults.add("GET is answered " + looks);
        }
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
            WireAnswer answer = gateway.front().ask(method, gateway.path(), gateway.viewer(), "Content-Length: 0");
            boolean named = answer.json().path("error").asString("").equals("insufficient_scope")
                    && answer.value("WWW-Authenticate").contains("stoa:write");
            if (answer.status() != 403 || !named) {
                faults.add(method + " is answered " + GatewayTarget.words(answer));
            }
        }
        return Observed.of(
                faults.isEmpty(),
                "GET let in; POST, PUT, PATCH and DELETE answered 403 with the scope that they need",
                faults.isEmpty() ? "GET is answered " + looks + ", the others 403" : String.join("; ", faults));
    }
}
