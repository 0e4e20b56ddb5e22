package bulwark.gateway.credential;

import bulwark.gateway.route.ApiRoute;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway shows a backend, in the name of every caller of a route or of one.
 *
 * @param consumerId subject of the callers that it is for; empty for all that have none of their own
 * @param headerName of type {@code api_key}; {@code Authorization} for the others
 * @param username of type {@code basic}, client id of the two types of OAuth; else null
 * @param tokenUrl of the two types of OAuth, else null
 * @param scope asked of the token endpoint, or null
 * @param audience for which tokens are exchanged, of type {@code oauth2_token_exchange}; else null
 * @param upstreams URLs of the route for which it was made: it is sent nowhere else
 */
public record BackendCredential(
        String routeId,
        String consumerId,
        Type type,
        String headerName,
        CredentialSecret secret,
        @Nullable String username,
        @Nullable String tokenUrl,
        @Nullable String scope,
        @Nullable String audience,
        List<String> upstreams) {
    /** How it is shown. */
    public enum Type {
        /** The secret in a header of its own. */
        API_KEY,
        BEARER,
        /** RFC 7617. */
        BASIC,
        /** RFC 6749 §4.4. */
        OAUTH2_CLIENT_CREDENTIALS,
        /** A token for the backend that is made out of the caller's own (RFC 8693). */
        OAUTH2_TOKEN_EXCHANGE
    }

    public BackendCredential {
        upstreams = List.copyOf(upstreams);
    }

    /** The same for a route that goes to these. */
    BackendCredential boundTo(List<String> urls) {
        return new BackendCredential(
                routeId, consumerId, type, headerName, secret, username, tokenUrl, scope, audience, urls);
    }

    /** Whether the route still goes where it went when the credential was made for it. */
    boolean isFor(ApiRoute route) {
        return upstreams.equals(urls(route));
    }

    public static List<String> urls(ApiRoute route) {
        return route.targets().stream().map(ApiRoute.Upstream::url).sorted().toList();
    }

    @Override
    public String toString() {
        return type + " for " + routeId;
    }
}
