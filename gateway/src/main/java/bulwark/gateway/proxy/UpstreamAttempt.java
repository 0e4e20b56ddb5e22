package bulwark.gateway.proxy;

import bulwark.gateway.balance.CircuitBreaker.Permit;
import bulwark.gateway.balance.UpstreamServer;
import bulwark.gateway.http1.RawRequestHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute.Timeouts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Which upstream one call is at, what its breaker hears of it, and whether the call may be tried again. Used on the call's event loop. */
final class UpstreamAttempt {
    private static final int MAX_RETRIES = 2;

    private final PlaneContext plane;
    private final RouteTarget target;
    private final RawRequestHead head;
    private @Nullable UpstreamServer server;
    private @Nullable UpstreamServer failedServer;
    private Permit permit = Permit.PASS;
    private boolean budgeted;
    private int retries;

    UpstreamAttempt(PlaneContext plane, RouteTarget target, RawRequestHead head) {
        this.plane = plane;
        this.target = target;
        this.head = head;
    }

    /** Goes to the next upstream; after a failure to another one where there is one. @return why there is none, or null */
    @Nullable
    GatewayRefusal choose() {
        UpstreamServer chosen = target.group().choose(failedServer);
        if (chosen == null && failedServer != null) {
            chosen = target.group().choose(null);
        }
        if (chosen == null) {
            UpstreamServer stopped = target.group().stoppedByBreaker();
            return stopped == null ? new GatewayRefusal.NoUpstream() : open(stopped);
        }
        Permit given = chosen.breaker().acquire(probeTimeout());
        if (given == Permit.REFUSED) {
            return open(chosen);
        }
        permit = given;
        server = chosen;
        chosen.began();
        return null;
    }

    /** In which a probe has its answer, whatever its caller does. */
    private Duration probeTimeout() {
        Timeouts timeouts = target.route().timeouts();
        return timeouts.firstByte().isZero()
                ? Timeouts.DEFAULT.firstByte()
                : timeouts.connect().plus(timeouts.firstByte());
    }

    private static GatewayRefusal open(UpstreamServer stopped) {
        return new GatewayRefusal.CircuitOpen(stopped.name(), stopped.breaker().retryAfterSeconds());
    }

    /** Null between two tries, and after the last. */
    @Nullable
    UpstreamServer server() {
        return server;
    }

    /** How often the call was tried beyond the first time. */
    int retries() {
        return retries;
    }

    /** The head of the final answer is there. */
    void answered(int status) {
        UpstreamServer at = server;
        if (at == null) {
            return;
        }
        if (status >= 500) {
            countFault(at);
        } else {
            at.breaker().succeeded(permit);
        }
        permit = Permit.PASS;
    }

    /** Once for each call: tries of one call at one upstream are one failure. */
    private void countFault(UpstreamServer at) {
        if (at != failedServer || permit == Permit.PROBE) {
            failedServer = at;
            at.breaker().failed(permit);
        }
    }

    /** The try is over. @param fault whether the upstream is to blame */
    void leave(boolean fault) {
        UpstreamServer at = server;
        server = null;
        if (at == null) {
            return;
        }
        at.ended();
        if (fault) {
            countFault(at);
        } else {
            at.breaker().released(permit);
        }
        permit = Permit.PASS;
    }

    /**
     * Takes a try out of the budget.
     *
     * @param nothingSent whether no byte of the request reached the upstream
     * @param bodyStarted whether some of the body is gone
     */
    boolean acquireRetry(boolean nothingSent, boolean bodyStarted) {
        boolean repeatable = nothingSent || !head.hasBody() && isRepeatable(head.method());
        if (!repeatable || bodyStarted || retries >= MAX_RETRIES) {
            return false;
        }
        if (!budgeted && !plane.retryBudget.acquire(plane.calls.get())) {
            return false;
        }
        budgeted = true;
        retries++;
        plane.metrics.retried();
        return true;
    }

    private static boolean isRepeatable(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "DELETE" -> true;
            default -> false;
        };
    }

    /** The call is over. */
    void end(boolean fault) {
        leave(fault);
        if (budgeted) {
            budgeted = false;
            plane.retryBudget.release();
        }
    }
}
