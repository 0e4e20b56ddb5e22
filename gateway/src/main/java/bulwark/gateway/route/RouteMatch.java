package bulwark.gateway.route;

import java.util.Set;

/**
 * What a table says of a request.
 *
 * @param <T> what the data plane made of the route
 */
public sealed interface RouteMatch<T> {
    /** @param rest where what follows the prefix begins, in the bytes that the path was read from; with the query it goes behind the path of the upstream */
    record Found<T>(ApiRoute route, T compiled, int rest) implements RouteMatch<T> {}

    record NotFound<T>() implements RouteMatch<T> {}

    record NotActivated<T>(ApiRoute route) implements RouteMatch<T> {}

    /** @param allowed for the {@code Allow} header, sorted */
    record MethodNotAllowed<T>(ApiRoute route, Set<String> allowed) implements RouteMatch<T> {}

    /** The route does not take what the path holds. */
    record PathNotTaken<T>(ApiRoute route, PathFault fault) implements RouteMatch<T> {}
}
