package bulwark.facts.node;

import bulwark.kernel.concurrent.Futures;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store;
import bulwark.web.Edge;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What is slow to load (native libraries, the HTTP engine) and needs no settings: begun on two other threads while the start goes on, in the order in which it is asked for.
 */
final class StartupPreload {
    private final CompletableFuture<Signing> signing = begin(Signing::fastest);
    private final CompletableFuture<Edge> edge = begin(() -> {
        Store.loadDriver();
        return Edge.create();
    });

    private StartupPreload() {}

    static StartupPreload begin() {
        return new StartupPreload();
    }

    Signing signing() {
        return Futures.join(signing);
    }

    Edge edge() {
        return Futures.join(edge);
    }

    /** Nobody will use it: whatever was or will be loaded ends. */
    void discard() {
        CompletableFuture<Void> ignored = edge.thenAccept(Edge::close);
    }

    private static <T> CompletableFuture<T> begin(Supplier<T> work) {
        return CompletableFuture.supplyAsync(
                work, task -> Thread.ofPlatform().daemon().name("load-ahead").start(task));
    }
}
