package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;

/** What a caller is sent to who has no token yet (RFC 9728): a changed document leads it to another issuer. */
final class GatewayMetadataProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-AUTH-06",
                        Severity.MEDIUM,
                        "The metadata of the protected resource name this gateway, and tokens in the header alone.",
                        "page, \"Identity (Keycloak, OIDC, mTLS)\"; spec of the gateway, case M30",
                        "Set STOA_GATEWAY_EXTERNAL_URL to the address that callers use, and let no proxy answer /.well-known itself")
                .requires("V13.2.4")
                .sends(1, "nothing");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        GatewayTarget gateway = GatewayTarget.of(visit);
        WireAnswer answer = gateway.front().ask("GET", "/.well-known/oauth-protected-resource");
        String resource = answer.json().path("resource").asString("");
        String methods = answer.json().path("bearer_methods_supported").toString();
        String expected = gateway.part().text("external_url");
        return Observed.of(
                answer.status() == 200 && resource.equals(expected) && methods.equals("[\"header\"]"),
                expected + ", tokens in the header",
                "status " + answer.status() + ", " + (resource.isEmpty() ? "no resource" : resource) + ", tokens in "
                        + methods);
    }
}
