package bulwark.facts.node;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.process.RunFile;
import bulwark.kernel.signing.Signing;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreRefused;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the owner's commands reach a node: over the local socket of the process that holds the store, or, when none does, by
 * opening the store here and serving the same socket for the length of one command. Thread-safe.
 */
public final class LocalAdminClient implements AutoCloseable {
    private final Path socket;
    private final @Nullable NodeCore core;
    private final @Nullable LocalSocket serving;

    private LocalAdminClient(Path socket, @Nullable NodeCore core, @Nullable LocalSocket serving) {
        this.socket = socket;
        this.core = core;
        this.serving = serving;
    }

    /** @throws StoreRefused when there is no store there, or one that must not be touched */
    public static LocalAdminClient open(Configuration configuration, Path store, Clock clock) {
        Optional<RunFile> running = running(store);
        if (running.isPresent()) {
            return new LocalAdminClient(running.get().socket(), null, null);
        }
        if (!Files.exists(store)) {
            throw new StoreRefused(
                    "there is no store at " + store + ": run this in the node's folder, or name it with --db");
        }
        NodeCore core =
                NodeCore.open(configuration, store, clock, SchemaPolicy.REFUSE_UNLESS_CURRENT, Signing::fastest);
        try {
            core.outbox.start();
            Path socket = RunFile.socketFor(store, "node");
            return new LocalAdminClient(socket, core, core.serveOwner(socket));
        } catch (RuntimeException | IOException e) {
            core.close();
            throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
        }
    }

    private static Optional<RunFile> running(Path store) {
        try {
            return RunFile.ofRunning(store);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Response post(String path, byte[] jsonBody) {
        return LocalSocket.call(socket, "POST", path, jsonBody);
    }

    @Override
    public void close() {
        if (serving != null) {
            serving.close();
        }
        if (core != null) {
            core.close();
            try {
                RunFile.removeTemporary(core.file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
