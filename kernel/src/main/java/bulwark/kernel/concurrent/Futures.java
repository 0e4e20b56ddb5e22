package bulwark.kernel.concurrent;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Waits for futures. */
public final class Futures {
    private Futures() {}

    /** Waits and returns the result. @throws RuntimeException what the work threw, without the {@link CompletionException} around it */
    public static <T extends @Nullable Object> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
