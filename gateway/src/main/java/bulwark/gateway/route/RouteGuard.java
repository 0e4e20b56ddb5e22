package bulwark.gateway.route;

import bulwark.gateway.route.ApiRoute.Upstream;
import bulwark.kernel.network.AddressGuard;
import bulwark.kernel.network.GuardDecision;
import bulwark.kernel.network.TargetRefused;
import bulwark.kernel.network.TargetUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks the address guard about each URL of a route. Thread-safe. */
public final class RouteGuard {
    private final AddressGuard guard;

    public RouteGuard(AddressGuard guard) {
        this.guard = guard;
    }

    /**
     * A URL that may not be called.
     *
     * @param field of the route
     * @param code of the guard's decision
     * @param sentence names the range, and the setting that would allow it
     */
    public record BlockedUrl(String field, String code, String sentence) {
        /** Whether nothing is known against it but that its name has no address now. */
        public boolean isUnresolvable() {
            return code.equals(GuardDecision.UNRESOLVABLE);
        }
    }

    /** As a route is registered: names are looked up, so it blocks. */
    public List<BlockedUrl> blocked(ApiRoute route) {
        return blocked(
                route,
                url -> guard.decide(url) instanceof GuardDecision.Blocked no ? Optional.of(no) : Optional.empty());
    }

    /** As a route is loaded: without a look-up, since each connection is judged again. */
    public List<BlockedUrl> blockedAsWritten(ApiRoute route) {
        return blocked(route, guard::blockedAsWritten);
    }

    private static List<BlockedUrl> blocked(ApiRoute route, Judge judge) {
        List<BlockedUrl> found = new ArrayList<>();
        judge(route.backendUrl(), "backend_url", judge, found);
        int index = 0;
        for (Upstream upstream : route.upstreams()) {
            judge(upstream.url(), "upstreams[" + index++ + "].url", judge, found);
        }
        return found;
    }

    private static void judge(String url, String field, Judge judge, List<BlockedUrl> found) {
        try {
            judge.judge(TargetUrl.parse(url))
                    .ifPresent(no -> found.add(new BlockedUrl(field, no.code(), no.sentence())));
        } catch (TargetRefused e) {
            found.add(new BlockedUrl(field, e.reason().code(), String.valueOf(e.getMessage())));
        }
    }

    private interface Judge {
        Optional<GuardDecision.Blocked> judge(TargetUrl url);
    }
}
