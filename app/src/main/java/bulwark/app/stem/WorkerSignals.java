package bulwark.app.stem;

import bulwark.tasks.setup.TaskRuntime;
import bulwark.tasks.worker.Worker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import sun.misc.Signal;

/**
 * What signals mean to a worker: SIGTERM warm, SIGINT soft, SIGUSR1 hard, each at least one step louder than the one before; SIGHUP reads keys again. (SIGQUIT, which is hard in
 * the original system, belongs to the Java machine: it prints its threads.)
 */
final class WorkerSignals {
    private static final Duration RELOAD = Duration.ofSeconds(10);

    private WorkerSignals() {}

    static void install(Worker worker, TaskRuntime runtime, Consumer<String> say) {
        AtomicReference<Worker.Mode> last = new AtomicReference<>();
        on("TERM", () -> request(worker, last, Worker.Mode.WARM));
        on("INT", () -> request(worker, last, Worker.Mode.SOFT));
        on("USR1", () -> request(worker, last, Worker.Mode.HARD));
        on("HUP", () -> runtime.reload().forEach(say));
    }

    private static void request(Worker worker, AtomicReference<Worker.Mode> last, Worker.Mode wanted) {
        Worker.Mode mode = last.updateAndGet(before -> escalated(before, wanted));
        worker.shutdown(mode);
    }

    private static Worker.Mode escalated(Worker.@org.jspecify.annotations.Nullable Mode before, Worker.Mode wanted) {
        if (before == null) {
            return wanted;
        }
        Worker.Mode[] modes = Worker.Mode.values();
        Worker.Mode next = modes[Math.min(before.ordinal() + 1, modes.length - 1)];
        return next.compareTo(wanted) > 0 ? next : wanted;
    }

    private static void on(String name, Runnable action) {
        Signal.handle(new Signal(name), signal -> action.run());
    }

    /** Files of keys may change at any time, and nobody has to send a signal for it. */
    static void awaitStopped(Worker worker, TaskRuntime runtime, Consumer<String> say) throws InterruptedException {
        List<String> known = runtime.signing().describe();
        while (!worker.awaitStopped(RELOAD)) {
            runtime.reload();
            List<String> now = runtime.signing().describe();
            if (!now.equals(known)) {
                now.forEach(say);
                known = now;
            }
        }
    }
}
