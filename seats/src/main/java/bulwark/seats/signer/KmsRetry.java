package bulwark.seats.signer;

import bulwark.kernel.concurrent.Backoff;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Repeats what KMS throttled or failed at, with pauses of random lengths, until a deadline; what cannot become better is refused at once. Thread-safe.
 *
 * @param attempt of one call, after which it counts as lost
 * @param total of all attempts with their pauses
 * @param pauses between attempts, of which a random part is taken
 */
record KmsRetry(Duration attempt, Duration total, Backoff pauses, RandomGenerator random) {
    private static final Logger LOG = LoggerFactory.getLogger(KmsRetry.class);

    /** @throws SigningRefused with code {@code SIGNER_UNAVAILABLE} and the reason of the last attempt */
    <T> T call(Supplier<T> request) {
        long deadline = System.nanoTime() + total.toNanos();
        for (int attempts = 1; ; attempts++) {
            try {
                return request.get();
            } catch (SdkException e) {
                KeyFault fault = KmsErrors.fault(e);
                long pause = random.nextLong(1, pauses.pause(attempts).toMillis() + 1)
                        + (fault == KeyFault.THROTTLED ? 20 : 0);
                boolean late = System.nanoTime() + Duration.ofMillis(pause).toNanos() > deadline;
                LOG.warn(
                        "KMS did not do what it was asked ({}, attempt {}): {}",
                        fault,
                        attempts,
                        KmsErrors.description(e));
                if (late || !KmsErrors.isPassing(fault) || !slept(pause)) {
                    throw fault.refusal();
                }
            }
        }
    }

    private static boolean slept(long millis) {
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
