package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.Base64Url;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Without a credential, with a token that nobody signed, and with the keys of an operator and of a gateway that nobody made. */
final class ControlPlaneClosedProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-CONTROL-02",
                        Severity.CRITICAL,
                        "The control plane is closed to whoever shows no credential of its own.",
                        "page, box 9; NIS2: \"Access control\"; spec of the gateway, case T21",
                        "Let no proxy before the control plane bring a credential of its own, and update it: this must never be seen")
                .requires("V8.2.1", "V9.1.1", "V6.3.1")
                .sends(4, "audit rows of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        String claims = gateway.token("control_token_file").split("\\.", 3)[1];
        String unsigned = Base64Url.text("{\"alg\":\"none\",\"typ\":\"at+jwt\"}".getBytes(StandardCharsets.US_ASCII));
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("no credential", "X-Bulwark-Doctor: none");
        lines.put("alg none", "Authorization: Bearer " + unsigned + "." + claims + ".");
        lines.put("an operator's key", "X-Operator-Key: " + "0".repeat(64));
        lines.put("a gateway's key", "X-Gateway-Key: " + "0".repeat(64));
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, String> line : lines.entrySet()) {
            int status =
                    gateway.control().ask("GET", "/v1/tenants", line.getValue()).status();
            if (status != 401) {
                faults.add(line.getKey() + " is answered " + status);
            }
        }
        return Observed.of(
                faults.isEmpty(),
                "401 for each of " + lines.size(),
                faults.isEmpty() ? "401 for each" : String.join("; ", faults));
    }
}
