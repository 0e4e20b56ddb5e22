package bulwark.app.doctor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, and a service manager's order to stop: the visit ends early, and the process stays until what was seen has been written, as a part and not as the whole. Used by one thread.
 */
final class VisitInterrupt implements AutoCloseable {
    private static final int MAX_WRITE_SECONDS = 60;

    private final CountDownLatch written = new CountDownLatch(1);
    private final Thread hook;

    /** @param stop ends the visit; called by a thread of the JVM */
    VisitInterrupt(Runnable stop) {
        hook = new Thread(
                () -> {
                    stop.run();
                    awaitWritten();
                },
                "end the visit");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void awaitWritten() {
        try {
            if (!written.await(MAX_WRITE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("error: the process ended before all that was seen could be written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All is written: the process may end. */
    @Override
    public void close() {
        written.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the signal came: the hook runs just now, and is over with this
        }
    }
}
