package bulwark.gateway.export;

import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.ApiRoute.Upstream;
import bulwark.gateway.route.RouteTls;
import bulwark.gateway.route.RoutesRefused;
import bulwark.kernel.network.TargetHost;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A route as both proxies need it.
 *
 * @param number unique; names of upstreams are made of it, since an id may hold what their syntax does not
 * @param prefix without a slash at its end; empty for every path
 * @param basePath put before what follows the prefix; without a slash at its end
 */
record ExportedRoute(int number, ApiRoute route, String prefix, List<Server> servers, boolean tls, String basePath) {
    /** @param host name or address, IPv6 in brackets */
    record Server(String host, int port, int weight, boolean named, String healthPath) {}

    /** Longest prefix first. @throws RoutesRefused for routes that the other proxies cannot carry out */
    static List<ExportedRoute> of(List<ApiRoute> routes) {
        List<String> faults = new ArrayList<>();
        List<ExportedRoute> exported = new ArrayList<>();
        int number = 0;
        for (ApiRoute route : routes) {
            exported.add(of(route, number++, faults));
        }
        for (int i = 0; i < exported.size(); i++) {
            for (ExportedRoute other : exported.subList(0, i)) {
                if (other.prefix.equals(exported.get(i).prefix)) {
                    faults.add("The routes " + other.route.id() + " and "
                            + exported.get(i).route.id()
                            + " have one path_prefix, which an export cannot tell apart; give them different ones.");
                }
            }
        }
        if (!faults.isEmpty()) {
            throw new RoutesRefused(faults);
        }
        exported.sort(Comparator.comparing((ExportedRoute route) -> route.prefix.length())
                .reversed());
        return exported;
    }

    private static ExportedRoute of(ApiRoute route, int number, List<String> faults) {
        String prefix = route.pathPrefix().equals("/") ? "" : route.pathPrefix();
        if (!prefix.matches("[A-Za-z0-9/._~:@!&,=+-]*")) {
            faults.add("The route " + route.id()
                    + " has characters in its path_prefix that an export cannot quote safely.");
        }
        if (!route.upstreamTls().equals(RouteTls.STANDARD)) {
            faults.add(
                    "The route " + route.id()
                            + " has upstream_tls, which an export does not carry out; leave it out, and name the files in the other proxy.");
        }
        List<Server> servers = new ArrayList<>();
        boolean tls = false;
        String base = "";
        boolean first = true;
        for (Upstream upstream : route.targets()) {
            try {
                TargetUrl url = TargetUrl.parse(upstream.url());
                String path = url.path().equals("/") ? "" : url.path();
                boolean secure = url.scheme().equals("https");
                if (!first && (!path.equals(base) || secure != tls)) {
                    faults.add("The upstreams of the route " + route.id()
                            + " differ in scheme or path, which other proxies cannot choose by upstream.");
                }
                if (!path.matches("[A-Za-z0-9/._~%:@!&,=+-]*")) {
                    faults.add("The route " + route.id()
                            + " has characters in the path of its backend that an export cannot quote safely.");
                }
                first = false;
                base = path;
                tls = secure;
                servers.add(new Server(
                        url.host().text(),
                        url.port(),
                        upstream.weight(),
                        url.host() instanceof TargetHost.Name,
                        upstream.healthCheckPath() == null ? "" : upstream.healthCheckPath()));
            } catch (TargetRefused e) {
                faults.add("The route " + route.id() + ": " + e.getMessage());
            }
        }
        return new ExportedRoute(number, route, prefix, servers, tls, base);
    }

    /** For a comment: nothing in it can end the line. */
    String title() {
        return "route " + route.id() + " of tenant " + route.tenantId();
    }

    List<String> methods() {
        return route.methods().stream().sorted().toList();
    }

    long waitSeconds() {
        long first = route.timeouts().firstByte().toSeconds();
        long idle = route.timeouts().idle().isZero()
                ? 86_400
                : route.timeouts().idle().toSeconds();
        return Math.max(1, Math.max(first, idle));
    }

    long connectSeconds() {
        return Math.max(1, route.timeouts().connect().toSeconds());
    }
}
