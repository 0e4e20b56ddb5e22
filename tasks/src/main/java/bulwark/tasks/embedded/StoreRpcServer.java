package bulwark.tasks.embedded;

import bulwark.kernel.process.RunFile;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.web.EdgeRefusal;
import bulwark.web.LocalSocket;
import bulwark.web.Request;
import bulwark.web.Response;
import bulwark.web.Route;
import bulwark.web.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The owner's side of the local socket. Each connection is one call, long polls included. */
final class StoreRpcServer implements AutoCloseable {
    static final String PATH = "/tasks/" + StoreRpcCodec.VERSION + "/";
    private static final LocalSocket.Limits LIMITS = new LocalSocket.Limits(256, 32 << 20);
    private static final Logger LOG = LoggerFactory.getLogger(StoreRpcServer.class);

    private final Path store;
    private final StoreOwner owner;
    private final Map<String, Method> calls;
    private final LocalSocket socket;
    private final AtomicBoolean closed = new AtomicBoolean();

    private StoreRpcServer(Path store, Path path, StoreOwner owner) {
        this.store = store;
        this.owner = owner;
        this.calls = owner.calls();
        this.socket = LocalSocket.listen(
                path, List.of(Route.owner("POST", PATH + "{call}", this::answer)), new Rendering(), LIMITS);
    }

    static StoreRpcServer start(Path store, StoreOwner owner) throws IOException {
        Path path = RunFile.socketFor(store, "tasks");
        StoreRpcServer server = new StoreRpcServer(store, path, owner);
        new RunFile(ProcessHandle.current().pid(), path, Map.of()).write(store);
        return server;
    }

    private Response answer(Request request) {
        Method method = calls.get(request.pathParameter("call"));
        if (method == null) {
            return refusal(404, "unknown_call", "This process does not know the call; both must be of one version.");
        }
        try {
            return Response.jsonBytes(
                    200, StoreRpcCodec.write(owner.call(method, StoreRpcCodec.arguments(method, request.body()))));
        } catch (BrokerUnavailable e) {
            return refusal(503, closed.get() ? "closing" : "store_failed", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refusal(503, "closing", "This process ends.");
        } catch (IllegalArgumentException e) {
            return refusal(400, "bad_call", String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            LOG.error("A call of another process to the task store failed.", e);
            return refusal(
                    500,
                    "failed",
                    "The call failed; the log of process "
                            + ProcessHandle.current().pid() + " says why.");
        }
    }

    private static Response refusal(int status, String code, String sentence) {
        return Response.json(status, Map.of("error", code, "message", sentence));
    }

    /** Lets calls under way end. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            try {
                RunFile.remove(store);
            } finally {
                owner.wakeAll();
                socket.close();
                RunFile.removeTemporary(store);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Rendering implements Service.Errors {
        @Override
        public Response render(EdgeRefusal refusal) {
            return refusal(
                    refusal instanceof EdgeRefusal.BodyTooLarge ? 413 : 400, refusal.code(), "The call is refused.");
        }

        @Override
        public Response render(Throwable thrown, String requestId) {
            return refusal(500, "failed", "The call failed.");
        }
    }
}
