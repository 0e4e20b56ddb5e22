package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.signing.Ed25519Signer;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Made of the doctor's own token, which is good: without a signature, with a changed word, with another key under the same name, and with a shared secret. */
final class GatewayForgedTokenProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-AUTH-02",
                        Severity.CRITICAL,
                        "A token that its issuer did not sign as it stands opens nothing.",
                        "page, \"Identity (Keycloak, OIDC, mTLS)\"; spec of the gateway, case T1; NIS2: access control",
                        "Let nothing but the gateway judge tokens, and update it: this must never be seen")
                .requires("V9.1.1", "V9.1.2", "V9.1.3")
                .sends(5, "records of refused calls");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        String token = gateway.token("token_file");
        String[] parts = token.split("\\.", 3);
        Map<String, String> forgeries = new LinkedHashMap<>();
        forgeries.put("alg none", encoded("{\"alg\":\"none\",\"typ\":\"at+jwt\"}") + "." + parts[1] + ".");
        forgeries.put("a raised role", parts[0] + "." + raised(parts[1]) + "." + parts[2]);
        forgeries.put("another key under the same name", resigned(parts));
        forgeries.put(
                "HS256", encoded("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}") + "." + parts[1] + "." + "A".repeat(43));
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, String> forgery : forgeries.entrySet()) {
            int status = gateway.front()
                    .ask("GET", gateway.path(), "Authorization: Bearer " + forgery.getValue())
                    .status();
            if (status != 401) {
                faults.add(forgery.getKey() + " is answered " + status);
            }
        }
        int own = gateway.front().ask("GET", gateway.path(), gateway.viewer()).status();
        String expected = "401 for " + String.join(", ", forgeries.keySet()) + "; the token itself is let in";
        if (faults.isEmpty() && (own == 401 || own == 403)) {
            return Observed.error(
                    expected, "the doctor's own token is answered " + own + ", so nothing is shown by the others");
        }
        return Observed.of(
                faults.isEmpty(),
                expected,
                faults.isEmpty() ? "401 for each; " + own + " for the token itself" : String.join("; ", faults));
    }

    private static String encoded(String json) {
        return Base64Url.text(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String raised(String claims) {
        String text = new String(Base64Url.bytes(claims).orElse(new byte[0]), StandardCharsets.UTF_8);
        return encoded(text.replace("viewer", "cpi-admin"));
    }

    /** Signed by a key of the doctor's own. */
    private static String resigned(String[] parts) {
        Signing signing = Signing.fastest();
        Ed25519Signer other = signing.signer(signing.random32());
        String input = parts[0] + "." + parts[1];
        return input + "." + Base64Url.text(other.sign(input.getBytes(StandardCharsets.US_ASCII)));
    }
}
