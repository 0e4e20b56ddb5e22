package bulwark.kernel.access;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a principal was shown to be who it is. Immutable.
 *
 * @param roles as the part's role table names them; empty where the part knows none
 * @param clientId the program that acts for the principal, or null when it is not known
 * @param expires from this moment on the credential shows nothing; {@link Instant#MAX} for one without an end
 * @param confirmation what must come with the credential
 * @param subAccount of a federation, in whose name the principal calls, or null
 */
public record Authentication(
        Method method,
        Set<String> roles,
        @Nullable String clientId,
        Instant expires,
        Confirmation confirmation,
        @Nullable String subAccount) {
    /** By a key without roles and without an end of its own. */
    public static final Authentication KEY =
            new Authentication(Method.API_KEY, Set.of(), null, Instant.MAX, Confirmation.NONE);

    /** Kinds of credentials. */
    public enum Method {
        API_KEY,
        /** The cookie of a person who signed in. */
        SESSION,
        /** One secret that several people or programs share, and that names nobody. */
        SHARED_TOKEN,
        /** A signed access token. */
        TOKEN,
        CLIENT_CERTIFICATE
    }

    public Authentication {
        roles = Set.copyOf(roles);
    }

    /** Outside of a federation. */
    public Authentication(
            Method method, Set<String> roles, @Nullable String clientId, Instant expires, Confirmation confirmation) {
        this(method, roles, clientId, expires, confirmation, null);
    }
}
