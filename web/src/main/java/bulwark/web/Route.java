package bulwark.web;

import org.jspecify.annotations.Nullable;

/**
 * One method and path with its declared permission: a route cannot exist without the declaration.
 *
 * @param path template such as {@code /v1/facts/{id}}; a parameter matches one segment, decoded after splitting
 * @param access what it takes to call it
 * @param dimension quota dimension, or null for none
 * @param fast the handler never blocks and runs on the event loop; it may return null from {@link #handler} to be called again on a virtual thread
 * @param network answers on the network listeners; false = local socket only
 */
public record Route(
        String method,
        String path,
        Access access,
        @Nullable String dimension,
        boolean fast,
        boolean network,
        Handler handler) {

    public sealed interface Access {
        /** No identity needed; none is looked for. */
        record Open() implements Access {}

        /** Any authenticated caller. */
        record Authenticated() implements Access {}

        record Permission(String name) implements Access {}

        /** The owner of the process, over the local socket. */
        record Owner() implements Access {}
    }

    public static Route open(String method, String path, Handler handler) {
        return new Route(method, path, new Access.Open(), null, false, true, handler);
    }

    public static Route authenticated(String method, String path, @Nullable String dimension, Handler handler) {
        return new Route(method, path, new Access.Authenticated(), dimension, false, true, handler);
    }

    public static Route permitted(
            String method, String path, String permission, @Nullable String dimension, Handler handler) {
        return new Route(method, path, new Access.Permission(permission), dimension, false, true, handler);
    }

    public static Route owner(String method, String path, Handler handler) {
        return new Route(method, path, new Access.Owner(), null, false, false, handler);
    }

    public Route asFast() {
        return new Route(method, path, access, dimension, true, network, handler);
    }
}
