package bulwark.web;

import bulwark.kernel.process.RunFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the owner's commands reach a part: over the local socket of the process that holds the store, or, when none does, by
 * opening the store here and serving the same socket for the length of one command. Thread-safe.
 */
public final class LocalAdminClient implements AutoCloseable {
    private final Path store;
    private final Path socket;
    private final @Nullable StoppedStore opened;
    private final @Nullable LocalSocket serving;

    /** A store that no process holds, opened for one command. */
    public interface StoppedStore extends AutoCloseable {
        /** Answers the owner's routes there until the socket is closed. */
        LocalSocket serveOwner(Path socket);

        @Override
        void close();
    }

    private LocalAdminClient(Path store, Path socket, @Nullable StoppedStore opened, @Nullable LocalSocket serving) {
        this.store = store;
        this.socket = socket;
        this.opened = opened;
        this.serving = serving;
    }

    /**
     * @param name of the socket, as the running process has it
     * @param opening asked when no process holds the store; what it throws comes out here
     */
    public static LocalAdminClient open(Path store, String name, Supplier<? extends StoppedStore> opening) {
        Path file = store.toAbsolutePath();
        try {
            Optional<RunFile> running = RunFile.ofRunning(file);
            return running.isPresent()
                    ? new LocalAdminClient(file, running.get().socket(), null, null)
                    : serve(file, name, opening.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static LocalAdminClient serve(Path store, String name, StoppedStore opened) throws IOException {
        try {
            Path socket = RunFile.socketFor(store, name);
            return new LocalAdminClient(store, socket, opened, opened.serveOwner(socket));
        } catch (RuntimeException | IOException e) {
            opened.close();
            throw e;
        }
    }

    /** @throws UncheckedIOException with a sentence when no answer comes */
    public Response post(String path, byte[] jsonBody) {
        return LocalSocket.call(socket, "POST", path, jsonBody);
    }

    @Override
    public void close() {
        if (serving != null) {
            serving.close();
        }
        if (opened != null) {
            opened.close();
            try {
                RunFile.removeTemporary(store);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
