package bulwark.gateway.proxy;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.StageResult;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when a call that stays open is over, a tunnel or an event stream: silent for too long, or opened with a credential that has ended or was revoked, which is asked every second. Used on
 * the connection's event loop.
 */
final class OpenCallWatch {
    private static final Logger LOG = LoggerFactory.getLogger(OpenCallWatch.class);
    private static final long CHECK_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** In which a frame of the upstream may end, so that the client hears why. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    enum Verdict {
        GOES_ON,
        /** As soon as no frame is under way. */
        ENDS,
        /** At once. */
        CUT
    }

    private final PlaneContext plane;
    private final LoopWorker worker;
    private final GatewayCall call;
    private final long idleNanos;
    private long movedNanos;
    private long checkedNanos;
    private boolean refused;
    private boolean over;
    private long overNanos;

    /** @param idle zero when silence ends nothing */
    OpenCallWatch(PlaneContext plane, LoopWorker worker, GatewayCall call, Duration idle) {
        this.plane = plane;
        this.worker = worker;
        this.call = call;
        this.idleNanos = idle.toNanos();
        this.movedNanos = worker.nanos();
        this.checkedNanos = movedNanos;
    }

    /** Some bytes passed. */
    void moved() {
        movedNanos = worker.nanos();
    }

    /** Asked regularly. */
    Verdict look(long nowNanos) {
        if (over) {
            return nowNanos - overNanos > GRACE_NANOS ? Verdict.CUT : Verdict.ENDS;
        }
        if (nowNanos - checkedNanos >= CHECK_INTERVAL_NANOS) {
            checkedNanos = nowNanos;
            recheck();
        }
        if (refused || idleNanos > 0 && nowNanos - movedNanos >= idleNanos) {
            over = true;
            overNanos = nowNanos;
            return Verdict.ENDS;
        }
        return Verdict.GOES_ON;
    }

    private void recheck() {
        try {
            switch (plane.pipeline.hooks().recheck().decide(call)) {
                case StageResult.Pass _, StageResult.Again _ -> {}
                case StageResult.Refuse _ -> refused = true;
                case StageResult.Later later ->
                    later.result()
                            .whenComplete((late, failure) ->
                                    worker.loop.execute(() -> refused |= late instanceof StageResult.Refuse));
            }
        } catch (RuntimeException e) {
            LOG.error(
                    "whether call {} may go on could not be told", call.trace().traceId(), e);
        }
    }
}
