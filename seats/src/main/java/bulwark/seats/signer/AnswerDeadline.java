package bulwark.seats.signer;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The time within which an answer must be there whole. The system knows none for Unix sockets: a connection that is late is closed, which ends whatever waits on it. Of one request. */
final class AnswerDeadline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerDeadline.class);

    private final Duration timeout;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean passed;

    AnswerDeadline(Duration timeout) {
        this.timeout = timeout;
    }

    /** Begins to count. */
    void watch(SocketChannel channel) {
        Thread.ofVirtual().name("signer-deadline").start(() -> closeWhenLate(channel));
    }

    private void closeWhenLate(SocketChannel channel) {
        try {
            if (!over.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                passed = true;
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("A connection to the signer could not be closed: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean hasPassed() {
        return passed;
    }

    /** The answer is there, or will not come. */
    @Override
    public void close() {
        over.countDown();
    }
}
