package bulwark.gateway.route;

import bulwark.gateway.policy.ApiPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes of two origins in one table: the gateway's own, and those that a control plane pushes. Neither origin removes or replaces a route of the other; what cannot stand beside the
 * other's is refused. Thread-safe.
 */
public final class MergedRoutes implements RoutePublisher {
    private static final Logger LOG = LoggerFactory.getLogger(MergedRoutes.class);

    private final RoutePublisher table;
    private final ReentrantLock lock = new ReentrantLock();
    private long published;
    private Own own = new Own(List.of(), List.of());
    private List<ApiRoute> pushed = List.of();

    private record Own(List<ApiRoute> routes, List<ApiPolicy> policies) {}

    /** @param table that requests are matched against */
    public MergedRoutes(RoutePublisher table) {
        this.table = table;
    }

    /** Of the gateway's own routes. */
    @Override
    public Runnable prepare(long generation, Collection<ApiRoute> routes, Collection<ApiPolicy> policies) {
        Own next = new Own(List.copyOf(routes), List.copyOf(policies));
        lock.lock();
        try {
            List<ApiRoute> beside = pushed;
            published = Math.max(published, generation - 1);
            Runnable publish = merged(next, beside);
            long number = published;
            return () -> publishOwn(next, beside, number, publish);
        } finally {
            lock.unlock();
        }
    }

    private void publishOwn(Own next, List<ApiRoute> beside, long number, Runnable prepared) {
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
     * Of the control plane's routes, all of them.
     *
     * @return publishes them; run it on the thread that asked
     * @throws RoutesRefused when they cannot stand beside one another or beside the gateway's own
     */
    public Runnable preparePushed(List<ApiRoute> routes) {
        List<ApiRoute> next = List.copyOf(routes);
        lock.lock();
        try {
            Own beside = own;
            Runnable publish = merged(beside, next);
            long number = published;
            return () -> publishPushed(next, number, publish);
        } finally {
            lock.unlock();
        }
    }

    private void publishPushed(List<ApiRoute> next, long number, Runnable prepared) {
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

    private Runnable merged(Own ours, List<ApiRoute> theirs) {
        List<ApiRoute> all = new ArrayList<>(ours.routes);
        all.addAll(theirs);
        return table.prepare(++published, all, ours.policies);
    }

    /** Of both origins. */
    public int count() {
        lock.lock();
        try {
            return own.routes.size() + pushed.size();
        } finally {
            lock.unlock();
        }
    }
}
