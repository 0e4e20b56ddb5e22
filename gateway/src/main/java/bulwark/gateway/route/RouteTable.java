package bulwark.gateway.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of all routes. The longest prefix that ends where a segment of the path ends wins. One hash per segment of the path finds it, so that the cost does not
 * grow with the number of routes. Immutable.
 *
 * @param <T> what the data plane made of each route
 */
public final class RouteTable<T> {
    private static final long HASH_SEED = 0xcbf29ce484222325L;
    private static final long HASH_PRIME = 0x100000001b3L;
    private static final int MAX_SEGMENTS = 63;

    private final List<ApiRoute> routes;
    private final Map<String, PrefixNode.Entry<T>> byId;
    private final @Nullable PrefixNode<T>[] slots;
    private final @Nullable PrefixNode<T> root;
    /** Bit n: there is a prefix of n segments. */
    private final long depths;

    private final RouteMatch<T> notFound = new RouteMatch.NotFound<>();

    private RouteTable(List<ApiRoute> routes, Map<String, PrefixNode.Entry<T>> byId, List<PrefixNode<T>> nodes) {
        this.routes = routes;
        this.byId = byId;
        this.slots = PrefixNode.slots(nodes.size());
        long seen = 0;
        PrefixNode<T> rootNode = null;
        for (PrefixNode<T> node : nodes) {
            if (node.segments() == 0) {
                rootNode = node;
            } else {
                seen |= 1L << node.segments();
                put(node);
            }
        }
        this.root = rootNode;
        this.depths = seen;
    }

    /** Without a route. */
    public static <T> RouteTable<T> empty() {
        return new RouteTable<>(List.of(), Map.of(), List.of());
    }

    /**
     * @param compile called once for each route
     * @throws RoutesRefused when two activated routes would take the same request, or two routes have one id; names every such pair
     */
    public static <T> RouteTable<T> of(Collection<ApiRoute> routes, Function<ApiRoute, T> compile) {
        return RouteTable.<T>empty().replacedBy(routes, compile);
    }

    /**
     * The table that takes the place of this one. What was made of a route that stays the same goes on as it is, with all that it counts.
     *
     * @param compile called once for each route that is new or other than before
     * @throws RoutesRefused as {@link #of}
     */
    public RouteTable<T> replacedBy(Collection<ApiRoute> next, Function<ApiRoute, T> compile) {
        return replacedBy(next, compile, (route, former) -> former);
    }

    /** As above. @param refresh called for each route that stays the same, with what was made of it */
    public RouteTable<T> replacedBy(
            Collection<ApiRoute> next, Function<ApiRoute, T> compile, BiFunction<ApiRoute, T, T> refresh) {
        List<ApiRoute> all = List.copyOf(next);
        RouteConflicts.check(all);
        Map<String, PrefixNode.Entry<T>> entries = HashMap.newHashMap(all.size());
        Map<String, List<PrefixNode.Entry<T>>> byPrefix = HashMap.newHashMap(all.size());
        for (ApiRoute route : all) {
            PrefixNode.Entry<T> former = byId.get(route.id());
            PrefixNode.Entry<T> entry = new PrefixNode.Entry<>(
                    route,
                    former != null && former.route().equals(route)
                            ? refresh.apply(route, former.compiled())
                            : compile.apply(route));
            entries.put(route.id(), entry);
            byPrefix.computeIfAbsent(route.pathPrefix(), prefix -> new ArrayList<>(1))
                    .add(entry);
        }
        List<PrefixNode<T>> nodes = new ArrayList<>(byPrefix.size());
        byPrefix.forEach((prefix, siblings) -> nodes.add(node(prefix, siblings)));
        return new RouteTable<>(all, entries, nodes);
    }

    private static <T> PrefixNode<T> node(String prefix, List<PrefixNode.Entry<T>> entries) {
        byte[] bytes = prefix.equals("/") ? new byte[0] : prefix.getBytes(StandardCharsets.UTF_8);
        long hash = HASH_SEED;
        int segments = 0;
        for (byte b : bytes) {
            hash = (hash ^ b) * HASH_PRIME;
            segments += b == '/' ? 1 : 0;
        }
        if (segments > MAX_SEGMENTS) {
            throw new IllegalArgumentException("a prefix has more than " + MAX_SEGMENTS + " segments: " + prefix);
        }
        return new PrefixNode<>(bytes, hash, segments, entries);
    }

    /** Null when there is none of this id. */
    public @Nullable ApiRoute byId(String id) {
        PrefixNode.Entry<T> entry = byId.get(id);
        return entry == null ? null : entry.route();
    }

    /** What was made of the route, or null when there is none of this id. */
    public @Nullable T compiled(String id) {
        PrefixNode.Entry<T> entry = byId.get(id);
        return entry == null ? null : entry.compiled();
    }

    /** In the order in which they were given. */
    public List<ApiRoute> routes() {
        return routes;
    }

    public RouteMatch<T> match(String method, TargetPath path) {
        PrefixNode<T> best = root;
        int end = 0;
        int segments = 0;
        long hash = HASH_SEED;
        int length = path.length();
        for (int i = 0; i <= length; i++) {
            byte b = i == length ? (byte) '/' : path.at(i);
            if (b == '/' && i > 0) {
                segments++;
                PrefixNode<T> node = (depths >>> segments & 1) == 0 ? null : find(hash, path, i);
                if (node != null) {
                    best = node;
                    end = i;
                }
                if (segments == MAX_SEGMENTS || depths >>> segments <= 1) {
                    break;
                }
            }
            hash = (hash ^ b) * HASH_PRIME;
        }
        return best == null ? notFound : best.match(method, path, end);
    }

    private @Nullable PrefixNode<T> find(long hash, TargetPath path, int end) {
        int mask = slots.length - 1;
        for (int slot = slot(hash, mask); ; slot = slot + 1 & mask) {
            PrefixNode<T> node = slots[slot];
            if (node == null || node.is(hash, path, end)) {
                return node;
            }
        }
    }

    private void put(PrefixNode<T> node) {
        int mask = slots.length - 1;
        int slot = slot(node.hash(), mask);
        while (slots[slot] != null) {
            slot = slot + 1 & mask;
        }
        slots[slot] = node;
    }

    private static int slot(long hash, int mask) {
        return (int) (hash ^ hash >>> 32) & mask;
    }
}
