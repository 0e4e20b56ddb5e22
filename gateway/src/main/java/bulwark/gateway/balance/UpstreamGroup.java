package bulwark.gateway.balance;

import bulwark.gateway.route.ApiRoute.Balancing;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The upstreams of one route and the way to choose among them. Its turn is kept across calls. Thread-safe. */
public final class UpstreamGroup {
    private final UpstreamServer[] servers;
    private final int[] weights;
    private final Balancing balancing;
    private final AtomicInteger turn = new AtomicInteger();
    private final ReentrantLock creditLock = new ReentrantLock();
    private final long[] credit;

    /** @param weights as many as servers */
    UpstreamGroup(List<UpstreamServer> servers, List<Integer> weights, Balancing balancing) {
        this.servers = servers.toArray(UpstreamServer[]::new);
        this.weights = weights.stream().mapToInt(Integer::intValue).toArray();
        this.balancing = balancing;
        this.credit = new long[this.servers.length];
    }

    public List<UpstreamServer> servers() {
        return List.of(servers);
    }

    public boolean hasAlternatives() {
        return servers.length > 1;
    }

    /**
     * The upstream of the next call, or null when none is available. A single upstream is given whatever its breaker says, which is asked next.
     *
     * @param except the one that this call failed at already, or null
     */
    public @Nullable UpstreamServer choose(@Nullable UpstreamServer except) {
        if (servers.length == 1) {
            return servers[0].isHealthy() ? servers[0] : null;
        }
        return switch (balancing) {
            case ROUND_ROBIN -> from(Math.floorMod(turn.getAndIncrement(), servers.length), except);
            case WEIGHTED -> richest(except);
            case LEAST_CONN -> leastActive(except);
            case RANDOM -> from(ThreadLocalRandom.current().nextInt(servers.length), except);
        };
    }

    /** When {@link #choose} found none: one that only its breaker stops, or null when all are unhealthy. */
    public @Nullable UpstreamServer stoppedByBreaker() {
        for (UpstreamServer server : servers) {
            if (server.isHealthy()) {
                return server;
            }
        }
        return null;
    }

    private @Nullable UpstreamServer from(int start, @Nullable UpstreamServer except) {
        for (int i = 0; i < servers.length; i++) {
            UpstreamServer server = servers[(start + i) % servers.length];
            if (server.isAvailable(except)) {
                return server;
            }
        }
        return null;
    }

    private @Nullable UpstreamServer leastActive(@Nullable UpstreamServer except) {
        UpstreamServer best = null;
        int start = Math.floorMod(turn.getAndIncrement(), servers.length);
        for (int i = 0; i < servers.length; i++) {
            UpstreamServer server = servers[(start + i) % servers.length];
            if (server.isAvailable(except) && (best == null || server.active() < best.active())) {
                best = server;
            }
        }
        return best;
    }

    /** Smooth weighted round robin: each gains its weight, the richest is chosen and pays the sum. */
    private @Nullable UpstreamServer richest(@Nullable UpstreamServer except) {
        creditLock.lock();
        try {
            int best = -1;
            long sum = 0;
            for (int i = 0; i < servers.length; i++) {
                if (servers[i].isAvailable(except)) {
                    credit[i] += weights[i];
                    sum += weights[i];
                    if (best < 0 || credit[i] > credit[best]) {
                        best = i;
                    }
                }
            }
            if (best < 0) {
                return null;
            }
            credit[best] -= sum;
            return servers[best];
        } finally {
            creditLock.unlock();
        }
    }
}
