package bulwark.web;

import java.util.Set;

/**
 * One method and path with its declared permission: a route cannot exist without the declaration.
 *
 * @param path template such as {@code /v1/facts/{id}}; a parameter matches one segment, decoded after splitting;
 *     a last one written {@code {uri+}} matches all that is left of the path, slashes too
 * @param access what it takes to call it
 * @param dimension what callers are charged for: by principal, on an open route ({@link #BY_SOURCE}) by the address that they call from
 * @param runsOnEventLoop the handler never blocks and runs on the event loop; it may return null from {@link #handler} to be called again on a virtual thread
 * @param network answers on the network listeners; false = local socket only
 */
public record Route(
        String method,
        String path,
        Access access,
        String dimension,
        boolean runsOnEventLoop,
        boolean network,
        Handler handler) {

    /** The dimension of open routes. */
    public static final String BY_SOURCE = "source";

    /** What requests without a good credential are charged for, by the address that they come from. */
    public static final String BY_FAILURE = "failed_authentication";

    /** The dimension of the owner's routes: the owner of the process is not charged. */
    public static final String OWNER = "owner";

    /** The largest body that an unauthenticated caller may send. */
    static final int MAX_OPEN_BODY = 4 * 1024;

    public Route {
        if (dimension.isEmpty()) {
            throw new IllegalArgumentException("a route needs a quota dimension: " + method + " " + path);
        }
    }

    public sealed interface Access {
        /** Kinds of {@link Authenticator} by which a caller may have identified itself; empty for every kind that the service has. */
        default Set<String> kinds() {
            return Set.of();
        }

        /** No identity needed; none is looked for. */
        record Open() implements Access {}

        /** Any authenticated caller. */
        record Authenticated(Set<String> kinds) implements Access {
            public Authenticated() {
                this(Set.of());
            }

            public Authenticated {
                kinds = Set.copyOf(kinds);
            }
        }

        record Permission(String name, Set<String> kinds) implements Access {
            public Permission(String name) {
                this(name, Set.of());
            }

            public Permission {
                kinds = Set.copyOf(kinds);
            }
        }

        /** The owner of the process, over the local socket. */
        record Owner() implements Access {
            @Override
            public Set<String> kinds() {
                return Set.of(OwnerAuthenticator.KIND);
            }
        }
    }

    public static Route open(String method, String path, Handler handler) {
        return new Route(method, path, new Access.Open(), BY_SOURCE, false, true, handler);
    }

    public static Route authenticated(String method, String path, String dimension, Handler handler) {
        return new Route(method, path, new Access.Authenticated(), dimension, false, true, handler);
    }

    public static Route permitted(String method, String path, String permission, String dimension, Handler handler) {
        return new Route(method, path, new Access.Permission(permission), dimension, false, true, handler);
    }

    public static Route owner(String method, String path, Handler handler) {
        return new Route(method, path, new Access.Owner(), OWNER, false, false, handler);
    }

    public Route onEventLoop() {
        return new Route(method, path, access, dimension, true, network, handler);
    }

    /**
     * Takes callers alone who identified themselves in one of these ways, instead of every way that the service has.
     *
     * @throws IllegalStateException on a route that does not ask who calls
     */
    public Route identifiedBy(String... kinds) {
        Access narrowed = switch (access) {
            case Access.Authenticated any -> new Access.Authenticated(Set.of(kinds));
            case Access.Permission permission -> new Access.Permission(permission.name(), Set.of(kinds));
            case Access.Open open -> throw new IllegalStateException("an open route asks nobody who calls: " + path);
            case Access.Owner owner -> throw new IllegalStateException("only the owner calls " + path);
        };
        return new Route(method, path, narrowed, dimension, runsOnEventLoop, network, handler);
    }

    boolean takes(Authenticator authenticator) {
        return access.kinds().isEmpty() || access.kinds().contains(authenticator.kind());
    }

    /** Bytes of a body that the route takes: none for methods that only read or remove, little from callers who are not known. */
    int maxBody(String method, int limit) {
        return switch (method) {
            case "GET", "HEAD", "DELETE" -> 0;
            default -> access instanceof Access.Open ? Math.min(limit, MAX_OPEN_BODY) : limit;
        };
    }
}
