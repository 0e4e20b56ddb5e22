package bulwark.gateway.route;

import bulwark.gateway.policy.ApiPolicy;
import bulwark.gateway.policy.PolicySet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes and policies of two origins in one table: the gateway's own, and those that a control plane pushes. Neither origin removes or replaces what is the other's; what cannot stand beside
 * it is refused. Thread-safe.
 */
public final class MergedRoutes implements RoutePublisher {
    private static final Logger LOG = LoggerFactory.getLogger(MergedRoutes.class);

    private final RoutePublisher table;
    private final ReentrantLock lock = new ReentrantLock();
    private long published;
    private Part own = new Part(0, List.of(), List.of());
    private Part pushed = new Part(0, List.of(), List.of());

    /** Of one origin. */
    private record Part(long generation, List<ApiRoute> routes, List<ApiPolicy> policies) {}

    /** @param table that requests are matched against */
    public MergedRoutes(RoutePublisher table) {
        this.table = table;
    }

    /** Of the gateway's own routes. */
    @Override
    public Runnable prepare(long generation, Collection<ApiRoute> routes, PolicySet policies) {
        Part next = new Part(generation, List.copyOf(routes), policies.own());
        lock.lock();
        try {
            Part beside = pushed;
            published = Math.max(published, generation - 1);
            Runnable publish = merged(next, beside);
            long number = published;
            return () -> publishOwn(next, beside, number, publish);
        } finally {
            lock.unlock();
        }
    }

    private void publishOwn(Part next, Part beside, long number, Runnable prepared) {
        lock.lock();
        try {
            own = next;
            if (published == number) {
                prepared.run();
                return;
            }
            try {
                merged(next, pushed).run();
            } catch (RoutesRefused e) {
                // A push came in between that this change, which is committed, stands against: the push gives way.
                LOG.warn("routes of the control plane give way to the gateway's own: {}", e.getMessage());
                pushed = beside;
                merged(next, beside).run();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Of the control plane's routes and policies, all of them.
     *
     * @param generation of the snapshot that they come from
     * @return publishes them; run it on the thread that asked
     * @throws RoutesRefused when they cannot stand beside one another or beside the gateway's own
     */
    public Runnable preparePushed(long generation, List<ApiRoute> routes, List<ApiPolicy> policies) {
        Part next = new Part(generation, List.copyOf(routes), List.copyOf(policies));
        lock.lock();
        try {
            Part beside = own;
            Runnable publish = merged(beside, next);
            long number = published;
            return () -> publishPushed(next, number, publish);
        } finally {
            lock.unlock();
        }
    }

    private void publishPushed(Part next, long number, Runnable prepared) {
        lock.lock();
        try {
            // Refused here when a change of the gateway's own came in between that stands against it: nothing has
            // changed then.
            (published == number ? prepared : merged(own, next)).run();
            pushed = next;
        } finally {
            lock.unlock();
        }
    }

    private Runnable merged(Part ours, Part theirs) {
        checkNames(ours.policies, theirs.policies);
        List<ApiRoute> all = new ArrayList<>(ours.routes);
        all.addAll(theirs.routes);
        Set<String> pushedRoutes = new HashSet<>();
        theirs.routes.forEach(route -> pushedRoutes.add(route.id()));
        String version = ours.generation + (theirs.generation == 0 ? "" : "+" + theirs.generation);
        return table.prepare(++published, all, new PolicySet(version, ours.policies, theirs.policies, pushedRoutes));
    }

    /** Records of decisions name a policy by its id alone. */
    private static void checkNames(List<ApiPolicy> ours, List<ApiPolicy> theirs) {
        Set<String> names = new HashSet<>();
        ours.forEach(policy -> names.add(policy.id()));
        List<String> sentences = theirs.stream()
                .map(ApiPolicy::id)
                .filter(names::contains)
                .map(id -> "There are two policies with the id " + id
                        + ", the gateway's own and one of the control plane; name the own one otherwise.")
                .toList();
        if (!sentences.isEmpty()) {
            throw new RoutesRefused(sentences);
        }
    }

    /** Routes of both origins. */
    public int count() {
        lock.lock();
        try {
            return own.routes.size() + pushed.routes.size();
        } finally {
            lock.unlock();
        }
    }

    /** Policies of both origins. */
    public int policyCount() {
        lock.lock();
        try {
            return own.policies.size() + pushed.policies.size();
        } finally {
            lock.unlock();
        }
    }
}
