package bulwark.gateway.control.identity;

import bulwark.gateway.permission.Role;
import bulwark.gateway.permission.RoleTable;
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
import org.jspecify.annotations.Nullable;

/** {@code X-Operator-Key} with the operator's key, or with the one before it while a rotation is under way. Compared in constant time. Thread-safe. */
public final class OperatorKeyAuthenticator implements Authenticator {
    static final String HEADER = "X-Operator-Key";

    private static final String ENTITY = "operator";

    private final @Nullable SecretBytes current;
    private final @Nullable SecretBytes previous;

    /** @param current null switches this way off */
    public OperatorKeyAuthenticator(@Nullable SecretBytes current, @Nullable SecretBytes previous) {
        this.current = current;
        this.previous = previous;
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
        if (current == null || given.size() > 1) {
            return refused();
        }
        SecretBytes presented = SecretBytes.ofText(given.getFirst());
        // Both are always compared, so that the time does not tell which one is set.
        boolean isCurrent = current.equalsSecret(presented);
        boolean isPrevious = (previous == null ? current : previous).equalsSecret(presented);
        return isCurrent || isPrevious
                ? new Outcome.Identified(operator(isCurrent ? "current" : "previous"))
                : refused();
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
