package bulwark.gateway.proxy;

import bulwark.gateway.balance.UpstreamServer;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute.Timeouts;
import bulwark.kernel.network.GuardDecision;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a connection for one call, to the next upstream or to another one after a failure, as often as the call may be tried. Used on the call's event loop. */
final class UpstreamAcquisition implements UpstreamConnector.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamAcquisition.class);

    /** As {@link GuardDecision.Blocked} has it. */
    private static final String UNRESOLVABLE = "unresolvable_host";

    /** How often the calls that waited for the same connection may have filled it. */
    private static final int MAX_FILLED_CONNECTIONS = 3;

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final ProxyExchange exchange;
    private final RouteTarget target;
    private final Timeouts timeouts;
    private final UpstreamAttempt attempt;
    private final CallDeadline deadline;
    private int filledConnections;

    UpstreamAcquisition(
            PlaneContext plane,
            LoopWorker worker,
            ProxyExchange exchange,
            GatewayCall call,
            RouteTarget target,
            CallDeadline deadline) {
        this.plane = plane;
        this.worker = worker;
        this.exchange = exchange;
        this.target = target;
        this.timeouts = target.route().timeouts();
        this.deadline = deadline;
        this.attempt = new UpstreamAttempt(plane, target, call.head());
    }

    void start() {
        GatewayRefusal refusal = attempt.choose();
        UpstreamServer chosen = attempt.server();
        if (refusal != null || chosen == null) {
            exchange.refuse(refusal == null ? new GatewayRefusal.NoUpstream() : refusal, false);
            return;
        }
        obtain(chosen);
    }

    private void obtain(UpstreamServer from) {
        UpstreamExchange pooled = worker.pool.take(from.origin());
        if (pooled != null) {
            exchange.send(pooled, from);
            return;
        }
        deadline.unlimited(); // The connector has its own timeout.
        if (from.origin().sharesConnections()) {
            worker.pool.joinConnect(from.origin(), this, all -> connect(from, all));
        } else {
            connect(from, this);
        }
    }

    private void connect(UpstreamServer to, UpstreamConnector.Listener listener) {
        worker.connector.connect(to.origin(), worker, timeouts.connect(), listener);
    }

    @Override
    public void connected(UpstreamLink link) {
        UpstreamServer to = attempt.server();
        if (exchange.isFinished() || to == null) {
            link.discard();
            return;
        }
        UpstreamExchange opened = link.open();
        if (opened != null) {
            exchange.send(opened, to);
        } else if (++filledConnections <= MAX_FILLED_CONNECTIONS) {
            obtain(to);
        } else {
            failed(new IOException("connections to the upstream take no call"));
        }
    }

    @Override
    public void blocked(GuardDecision.Blocked why) {
        if (exchange.isFinished()) {
            return;
        }
        if (why.code().equals(UNRESOLVABLE)) {
            // Nothing is forbidden: the name has no address now, so that the upstream cannot be reached.
            LOG.warn("a call on route {} found no upstream: {}", target.route().id(), why.sentence());
            failed(new IOException(why.sentence()));
            return;
        }
        LOG.warn(
                "the address guard stopped a call on route {}: {}",
                target.route().id(),
                why.sentence());
        exchange.refuse(new GatewayRefusal.BackendBlocked(why.code(), why.sentence()), false);
    }

    @Override
    public void failed(Throwable cause) {
        if (!exchange.isFinished()) {
            leave(true);
            retryOr(new GatewayRefusal.ConnectFailed(), true, true);
        }
    }

    /** The head of the final answer is there. @return whether the call is tried again instead of giving this answer to the client */
    boolean retries(int status) {
        if ((status == 502 || status == 503) && attempt.acquireRetry(false, exchange.isBodyStarted())) {
            exchange.leave();
            leave(true);
            retryLater();
            return true;
        }
        attempt.answered(status);
        return false;
    }

    /** The upstream gave an answer that is not tried again. */
    void answered(int status) {
        attempt.answered(status);
    }

    /** Of the upstream that the call is at, or null. */
    @Nullable
    String upstreamName() {
        UpstreamServer at = attempt.server();
        return at == null ? null : at.name();
    }

    /** @param delayed whether the upstream is given time to come back */
    void retryOr(GatewayRefusal refusal, boolean nothingSent, boolean delayed) {
        if (!attempt.acquireRetry(nothingSent, exchange.isBodyStarted())) {
            exchange.refuse(refusal, false);
        } else if (delayed) {
            retryLater();
        } else {
            start();
        }
    }

    private void retryLater() {
        deadline.unlimited();
        worker.loop.schedule(this::retry, worker.retryDelayMillis(attempt.retries()), TimeUnit.MILLISECONDS);
    }

    private void retry() {
        if (!exchange.isFinished()) {
            start();
        }
    }

    /** The try is over. @param fault whether the upstream is to blame */
    void leave(boolean fault) {
        attempt.leave(fault);
    }

    /** The call is over. */
    void end(boolean fault) {
        attempt.end(fault);
    }
}
