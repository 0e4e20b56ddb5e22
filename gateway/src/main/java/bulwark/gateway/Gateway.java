package bulwark.gateway;

import bulwark.kernel.config.Configuration;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** A running gateway: the one composition, used by the program and by tests. Thread-safe. */
public final class Gateway implements AutoCloseable {
    private final CountDownLatch stopped = new CountDownLatch(1);

    private Gateway() {}

    /**
     * Returns when the listeners answer.
     *
     * @param settings read once; throws an operator's error when they are wrong
     * @param directory that relative paths of settings start from
     */
    public static Gateway start(Supplier<Configuration> settings, Path directory, Clock clock) {
        Configuration configuration = settings.get();
        configuration.port("STOA_PORT");
        return new Gateway();
    }

    /** @return exit code, 1 after a fatal fault */
    public int awaitExitCode() throws InterruptedException {
        stopped.await();
        return 0;
    }

    /** Takes no new request, waits for the open ones, closes. */
    @Override
    public void close() {
        stopped.countDown();
    }
}
