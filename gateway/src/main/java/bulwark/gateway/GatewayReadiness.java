package bulwark.gateway;

import bulwark.gateway.feed.ControlPlaneLink;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a gateway may be sent calls, and how it ended. Thread-safe. */
final class GatewayReadiness {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayReadiness.class);
    private static final String STORE_FAILED = "Store failed; the log says why";

    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable String ending;
    private volatile boolean failed;

    /** Nothing is promised any more: the process ends, and a start checks what is on the disk. */
    void fail(String sentence) {
        LOG.error("the gateway ends: {}", sentence);
        ending = STORE_FAILED;
        failed = true;
        stopped.countDown();
    }

    /** No new call is wanted. */
    void stopping() {
        ending = "Stopping";
    }

    void stopped() {
        stopped.countDown();
    }

    /** Why no call should come, for anybody who asks: where the store lies is told to the log and the admin API alone. Null when all is well. */
    @Nullable
    String problem(GatewayCore core, @Nullable ControlPlaneLink link) {
        String said = ending;
        if (said != null) {
            return said;
        }
        if (core.store().problem() != null) {
            return STORE_FAILED;
        }
        String behind = link == null ? null : link.problem();
        return behind != null ? behind : core.identity().problem();
    }

    /** @return exit code, 1 after a fatal fault */
    int awaitExitCode() throws InterruptedException {
        stopped.await();
        return failed ? 1 : 0;
    }
}
