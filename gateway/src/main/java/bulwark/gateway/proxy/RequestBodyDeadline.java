package bulwark.gateway.proxy;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * When the body of a request is too slow, however often a byte of it comes: a fixed time, and a second more for each KiB that was received. Begins anew after a time in which the upstream took
 * nothing. Used on the connection's event loop.
 */
final class RequestBodyDeadline {
    private static final long NANOS_PER_BYTE = TimeUnit.SECONDS.toNanos(1) / 1_024;

    private final long timeoutNanos;
    private long deadlineNanos;

    RequestBodyDeadline(Duration timeout) {
        timeoutNanos = timeout.toNanos();
    }

    void begin(long nowNanos) {
        deadlineNanos = nowNanos + timeoutNanos;
    }

    void received(int bytes) {
        deadlineNanos += bytes * NANOS_PER_BYTE;
    }

    boolean isOver(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }
}
