package bulwark.gateway.route;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All routes of one prefix. Immutable. */
final class PrefixNode<T> {
    private final byte[] prefix;
    private final long hash;
    private final int segments;
    private final List<Entry<T>> entries;
    private final Set<String> allowed;

    record Entry<T>(ApiRoute route, T compiled) {}

    /** @param prefix empty for the one that every path has */
    PrefixNode(byte[] prefix, long hash, int segments, List<Entry<T>> entries) {
        this.prefix = prefix;
        this.hash = hash;
        this.segments = segments;
        this.entries = List.copyOf(entries);
        TreeSet<String> methods = new TreeSet<>();
        entries.stream()
                .map(Entry::route)
                .filter(ApiRoute::activated)
                .forEach(route -> methods.addAll(route.methods()));
        this.allowed = Collections.unmodifiableSet(methods);
    }

    /** A power of two, so that at least half of the slots stay empty. */
    @SuppressWarnings("unchecked")
    static <T> @Nullable PrefixNode<T>[] slots(int nodes) {
        return (PrefixNode<T>[]) new PrefixNode<?>[Integer.highestOneBit(Math.max(1, nodes)) << 2];
    }

    long hash() {
        return hash;
    }

    int segments() {
        return segments;
    }

    boolean is(long otherHash, TargetPath path, int end) {
        return hash == otherHash && prefix.length == end && path.startsWith(prefix);
    }

    RouteMatch<T> match(String method, TargetPath path, int end) {
        Entry<T> refused = entries.get(0);
        for (Entry<T> entry : entries) {
            ApiRoute route = entry.route;
            if (!route.activated()) {
                continue;
            }
            if (route.takes(method)) {
                return path.hasEncodedSlash() && !route.allowEncodedSlash()
                        ? new RouteMatch.PathNotTaken<>(route, PathFault.ENCODED_SLASH)
                        : new RouteMatch.Found<>(route, entry.compiled, path.sourceIndex(segments, end));
            }
            refused = entry;
        }
        return refused.route.activated()
                ? new RouteMatch.MethodNotAllowed<>(refused.route, allowed)
                : new RouteMatch.NotActivated<>(refused.route);
    }
}
