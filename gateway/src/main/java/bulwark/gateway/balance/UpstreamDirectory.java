package bulwark.gateway.balance;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteTls;
import bulwark.kernel.network.TargetUrl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/** Every upstream of every route, so that breaker, health and turn survive a change of routes. Thread-safe. */
public final class UpstreamDirectory {
    private final BreakerSettings settings;
    private final LongSupplier nanos;
    private final UpstreamTls tls;
    private final ConcurrentMap<ServerKey, UpstreamServer> servers = new ConcurrentHashMap<>();
    private final ConcurrentMap<UpstreamOrigin.Key, UpstreamOrigin> origins = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, UpstreamServer> byName = new ConcurrentHashMap<>();
    private final ConcurrentMap<GroupKey, UpstreamGroup> groups = new ConcurrentHashMap<>();

    private record ServerKey(
            String tenant,
            String route,
            ApiRoute.Upstream target,
            int position,
            ApiRoute.UpstreamHttp http,
            RouteTls tls) {
        static ServerKey of(ApiRoute route, int position) {
            return new ServerKey(
                    route.tenantId(),
                    route.id(),
                    route.targets().get(position),
                    position,
                    route.upstreamHttpVersion(),
                    route.upstreamTls());
        }
    }

    private record GroupKey(
            String tenant,
            String route,
            List<ApiRoute.Upstream> targets,
            ApiRoute.Balancing balancing,
            ApiRoute.UpstreamHttp http,
            RouteTls tls) {
        static GroupKey of(ApiRoute route) {
            return new GroupKey(
                    route.tenantId(),
                    route.id(),
                    route.targets(),
                    route.loadBalancer(),
                    route.upstreamHttpVersion(),
                    route.upstreamTls());
        }
    }

    /** @param nanos that breakers go by: never goes back, from any origin */
    public UpstreamDirectory(BreakerSettings settings, LongSupplier nanos, UpstreamTls tls) {
        this.settings = settings;
        this.nanos = nanos;
        this.tls = tls;
    }

    /** Of connections to {@code https} upstreams. */
    public UpstreamTls tls() {
        return tls;
    }

    /** The group of this route: the former one when its upstreams are the same. */
    public UpstreamGroup group(ApiRoute route) {
        return groups.computeIfAbsent(GroupKey.of(route), key -> newGroup(route));
    }

    private UpstreamGroup newGroup(ApiRoute route) {
        tls.prepare(route);
        List<UpstreamServer> members = new ArrayList<>();
        List<Integer> weights = new ArrayList<>();
        List<ApiRoute.Upstream> targets = route.targets();
        for (int i = 0; i < targets.size(); i++) {
            ApiRoute.Upstream target = targets.get(i);
            String name = targets.size() == 1 ? route.id() : route.id() + "#" + (i + 1);
            UpstreamServer server = servers.computeIfAbsent(ServerKey.of(route, i), key -> newServer(name, key));
            byName.put(name, server);
            members.add(server);
            weights.add(target.weight());
        }
        return new UpstreamGroup(members, weights, route.loadBalancer());
    }

    private UpstreamServer newServer(String name, ServerKey key) {
        TargetUrl url = UpstreamServer.parse(key.target);
        UpstreamOrigin origin = origins.computeIfAbsent(
                UpstreamOrigin.Key.of(key.tenant, url, key.http, key.tls), found -> new UpstreamOrigin(found, url));
        return new UpstreamServer(
                name, origin, url, key.target.healthCheckPath(), new CircuitBreaker(name, settings, nanos));
    }

    /** Forgets what none of these routes names. */
    public void retain(Collection<ApiRoute> routes) {
        if (groups.size() == routes.size()) {
            return; // Each of these has a group of its own, with servers of its own: there are no others.
        }
        Set<GroupKey> liveGroups = new HashSet<>();
        Set<ServerKey> liveServers = new HashSet<>();
        for (ApiRoute route : routes) {
            liveGroups.add(GroupKey.of(route));
            for (int i = 0; i < route.targets().size(); i++) {
                liveServers.add(ServerKey.of(route, i));
            }
        }
        groups.keySet().retainAll(liveGroups);
        servers.keySet().retainAll(liveServers);
        Set<UpstreamServer> live = new HashSet<>(servers.values());
        Set<UpstreamOrigin.Key> liveOrigins = new HashSet<>();
        live.forEach(server -> liveOrigins.add(server.origin().key()));
        origins.keySet().retainAll(liveOrigins);
        byName.values().removeIf(server -> !live.contains(server));
        tls.retain(routes);
    }

    public Collection<UpstreamServer> servers() {
        return List.copyOf(servers.values());
    }

    /** Of every breaker that a call went through, by name. */
    public List<CircuitBreaker.Stats> breakers() {
        return servers.values().stream()
                .map(UpstreamServer::breaker)
                .filter(CircuitBreaker::isUsed)
                .map(CircuitBreaker::stats)
                .sorted(Comparator.comparing(CircuitBreaker.Stats::name))
                .toList();
    }

    /** By the name in its stats. Costs a look-up. */
    public Optional<CircuitBreaker> breaker(String name) {
        return Optional.ofNullable(byName.get(name)).map(UpstreamServer::breaker);
    }
}
