package bulwark.web;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes a channel when its time is up: JDK channels of Unix sockets have no read timeout. Closing the deadline calls it off. */
final class Deadline implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Deadline.class);

    private final AtomicBoolean settled = new AtomicBoolean();
    private final Thread watcher;

    Deadline(SocketChannel channel, Duration time) {
        watcher = Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(time);
                if (settled.compareAndSet(false, true)) {
                    channel.close();
                }
            } catch (InterruptedException calledOff) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                LOG.debug("closing a late connection: {}", e.getMessage());
            }
        });
    }

    /** @return false when it has struck */
    boolean callOff() {
        boolean inTime = settled.compareAndSet(false, true);
        if (inTime) {
            watcher.interrupt();
        }
        return inTime;
    }

    @Override
    public void close() {
        callOff();
    }
}
