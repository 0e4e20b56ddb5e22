package bulwark.app.stoa.probe;

import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Visit;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** Of the token that the doctor was given as any caller is: what the issuer makes unless somebody asks for more. */
final class GatewayTokenLifetimeProbe implements Probe {
    @Override
    public ProbeDescription description() {
        return ProbeDescription.of(
                        "GATEWAY-AUTH-04",
                        Severity.MEDIUM,
                        "An access token lives for five minutes at most.",
                        "page, box 5: \"Token lifespans shortened (5min access, 15min idle)\"",
                        "Set accessTokenLifespan to 300 in the realm (deploy/keycloak/realm-stoa.json), and issue tokens without --for")
                .requires("V9.2.1");
    }

    @Override
    public Observed observe(Visit visit) throws IOException {
        JsonNode claims = GatewayTarget.of(visit).claims("token_file");
        long seconds = claims.path("exp").asLong(0) - claims.path("iat").asLong(0);
        return Observed.of(
                seconds > 0 && seconds <= MAX_SECONDS,
                "a token of " + MAX_SECONDS + " s or less",
                "one of " + seconds + " s, issued by " + claims.path("iss").asString("nobody"));
    }

    private static final long MAX_SECONDS = 300;
}
