package bulwark.facts.node;

import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store;
import bulwark.web.Edge;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** What is slow to load (native libraries, the HTTP engine) and needs no settings: begun on other threads while the start goes on. */
final class LoadedAhead {
    private final CompletableFuture<Signing> signing = begin(Signing::fastest);
    private final CompletableFuture<Edge> edge = begin(Edge::create);

    private LoadedAhead() {}

    static LoadedAhead begin() {
        begin(() -> {
            Store.loadDriver();
            return true;
        });
        return new LoadedAhead();
    }

    Signing signing() {
        return join(signing);
    }

    Edge edge() {
        return join(edge);
    }

    private static <T> CompletableFuture<T> begin(Supplier<T> work) {
        return CompletableFuture.supplyAsync(
                work, task -> Thread.ofPlatform().daemon().name("load-ahead").start(task));
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
