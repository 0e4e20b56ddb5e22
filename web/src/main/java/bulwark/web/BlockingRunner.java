package bulwark.web;

import bulwark.web.ProcessLimits.Work;
import io.vertx.core.http.HttpServerRequest;

/**
 * Runs what may block of one request on a virtual thread, and what follows from it on the connection's event loop. No more of the body is
 * read meanwhile. Called on the event loop alone.
 */
final class BlockingRunner {
    private final Listener listener;
    private final Connection connection;
    private final HttpServerRequest request;
    private final ResponseWriter writer;
    private boolean paused;

    BlockingRunner(Listener listener, Connection connection, HttpServerRequest request, ResponseWriter writer) {
        this.listener = listener;
        this.connection = connection;
        this.request = request;
        this.writer = writer;
    }

    /** @return what is to run on the event loop afterwards */
    interface Step {
        Runnable run(Work work);
    }

    /** A step that fails is answered as a fault of ours. A process with too much under way refuses the request. */
    void run(Step step) {
        Work work = listener.processLimits().startWork();
        if (work == null) {
            listener.metrics().refused(new EdgeRefusal.Overloaded());
            writer.beginRefusal(new EdgeRefusal.Overloaded());
            writer.send(writer.rendered(new EdgeRefusal.Overloaded()));
            return;
        }
        if (!writer.hasRequestEnded() && !paused) {
            paused = true;
            request.pause();
        }
        Thread.startVirtualThread(() -> {
            Runnable next;
            try (work) {
                next = step.run(work);
            } catch (RuntimeException | Error e) {
                Response failure = writer.failed(e);
                next = () -> writer.send(failure);
            }
            Runnable then = next;
            connection.run(() -> {
                then.run();
                resume();
            });
        });
    }

    private void resume() {
        if (paused) {
            paused = false;
            request.resume();
        }
    }
}
