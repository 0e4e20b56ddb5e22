package bulwark.gateway.control.identity;

import bulwark.gateway.permission.Role;
import bulwark.gateway.permission.RoleTable;
import bulwark.gateway.secret.RotatedSecret;
import bulwark.kernel.access.Authentication;
import bulwark.kernel.access.Confirmation;
import bulwark.kernel.access.Principal;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.web.AuthenticationRequest;
import bulwark.web.Authenticator;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code X-Operator-Key} with the operator's key, or with the one before it while a rotation is under way. Thread-safe. */
public final class OperatorKeyAuthenticator implements Authenticator {
    static final String HEADER = "X-Operator-Key";

    private static final String ENTITY = "operator";

    private final RotatedSecret key;

    public OperatorKeyAuthenticator(RotatedSecret key) {
        this.key = key;
    }

    @Override
    public String kind() {
        return "operator_key";
    }

    @Override
    public Optional<Outcome> tryAuthenticate(AuthenticationRequest request) {
        return Optional.of(authenticate(request));
    }

    @Override
    public Outcome authenticate(AuthenticationRequest request) {
        List<String> given = request.headers().all(HEADER);
        if (given.isEmpty()) {
            return Outcome.NotPresented.NOT_PRESENTED;
        }
        RotatedSecret.Match match =
                given.size() > 1 ? RotatedSecret.Match.NONE : key.match(SecretBytes.ofText(given.getFirst()));
        return switch (match) {
            case CURRENT -> new Outcome.Identified(operator("current"));
            case PREVIOUS -> new Outcome.Identified(operator("previous"));
            case NONE -> refused();
        };
    }

    private static Outcome refused() {
        return new Outcome.Refused("unknown", "The operator key is not valid.", null);
    }

    private static Principal operator(String keyId) {
        Authentication how = new Authentication(
                Authentication.Method.API_KEY,
                Set.of(Role.CPI_ADMIN.wireName()),
                ENTITY,
                Instant.MAX,
                Confirmation.NONE);
        return new Principal(
                ENTITY,
                RoleTable.PLATFORM,
                RoleTable.granted(List.of(Role.CPI_ADMIN), List.of()),
                keyId,
                Set.of(),
                how);
    }
}
