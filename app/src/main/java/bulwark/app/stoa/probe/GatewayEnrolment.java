package bulwark.app.stoa.probe;

import bulwark.doctor.target.Enrolment;
import bulwark.gateway.identity.LocalTokenIssuer;
import bulwark.gateway.permission.Role;
import bulwark.kernel.config.Configuration;
import bulwark.kernel.signing.Signing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The doctor's tokens of a gateway that takes tokens of its own machine: one with the least role, as {@code stoa token issue} makes it without being asked for a longer one; one of a tenant that has
 * nothing; one that ended; one that is meant for somebody else. They live for minutes, so each visit has new ones.
 */
record GatewayEnrolment(Path state, Configuration settings, Enrolment enrolment, Clock clock) {
    /** As decision records name the doctor. */
    static final String SUBJECT = "bulwark-doctor";

    static final String TENANT = "default";
    private static final String ELSEWHERE = "bulwark-doctor-elsewhere";
    private static final Duration AGO = Duration.ofHours(2);

    /** @return names of the files by keys of the target; none when another issuer's tokens are taken, of which the target's owner hands one over */
    Map<String, String> ensure() throws IOException {
        List<String> audiences = settings.list("STOA_ALLOWED_AUDIENCES");
        boolean elsewhere = !settings.text("STOA_KEYCLOAK_URL").isEmpty()
                || !settings.text("STOA_JWT_ISSUER").isEmpty();
        if (elsewhere || audiences.isEmpty()) {
            return Map.of();
        }
        String audience = audiences.getFirst();
        keep("gateway-token", clock, TENANT, audience);
        keep("gateway-token-other-tenant", clock, ELSEWHERE, audience);
        keep("gateway-token-expired", Clock.offset(clock, AGO.negated()), TENANT, audience);
        keep("gateway-token-other-audience", clock, TENANT, ELSEWHERE);
        return Map.of(
                "token_file", file("gateway-token"),
                "other_tenant_token_file", file("gateway-token-other-tenant"),
                "expired_token_file", file("gateway-token-expired"),
                "other_audience_token_file", file("gateway-token-other-audience"));
    }

    private void keep(String name, Clock at, String tenant, String audience) throws IOException {
        LocalTokenIssuer issuer = LocalTokenIssuer.open(state, Signing.fastest(), at);
        enrolment.keep(
                name,
                issuer.issue(SUBJECT, tenant, List.of(Role.VIEWER), LocalTokenIssuer.STANDARD_LIFETIME, audience));
    }

    private String file(String name) {
        return enrolment.file(name).toString();
    }
}
