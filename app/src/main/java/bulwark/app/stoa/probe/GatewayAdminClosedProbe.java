package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Without a token, with what anybody would try, with another scheme, and with the doctor's own token, which is no administrator's. */
final class GatewayAdminClosedProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-ADMIN-02",
                        Severity.CRITICAL,
                        "The admin API is closed to whoever does not hold its token.",
                        "page, \"Secret Rotation Checklist\": \"Gateway admin token\"; box 9: \"no default admin access\"",
                        "Make a new token (openssl rand -hex 32) in the file of STOA_ADMIN_API_TOKEN_FILE, and let no proxy add one")
                .requires("V8.4.2", "V13.2.3", "V6.3.1")
                .sends(7, "audit rows of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        Map<String, String> lines = new LinkedHashMap<>();
        lines.put("no token", "X-Bulwark-Doctor: none");
        GUESSES.forEach(guess -> lines.put("the token " + guess, "Authorization: Bearer " + guess));
        lines.put("Basic", "Authorization: Basic YWRtaW46YWRtaW4=");
        lines.put("a viewer's token", gateway.viewer());
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, String> line : lines.entrySet()) {
            int status =
                    gateway.admin().ask("GET", "/admin/apis", line.getValue()).status();
            if (status != 401) {
                faults.add(line.getKey() + " is answered " + status);
            }
        }
        return Observed.of(
                faults.isEmpty(),
                "401 for each of " + lines.size(),
                faults.isEmpty() ? "401 for each" : String.join("; ", faults));
    }

    private static final List<String> GUESSES =
            List.of("admin", "changeme", "stoa-admin-token", "0123456789abcdef0123456789abcdef");
}
