package bulwark.app.rotate;

import bulwark.kernel.error.PrintableText;
import bulwark.kernel.rotation.RotationKind;
import bulwark.kernel.rotation.RotationRecord;
import bulwark.kernel.rotation.RotationRunner;
import bulwark.kernel.rotation.RotationStep;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Takes a rotation as far as it goes: looks again while something is missing, for a time, and then says what. Used by one thread. */
final class RotationDriver {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    private final RotationRunner runner;
    private final Duration limit;
    private final PrintStream out;
    private final CountDownLatch never = new CountDownLatch(1);

    /** How far it came. */
    enum Outcome {
        FINISHED,
        IN_WINDOW,
        WAITING
    }

    /** @param limit for how long something may be missing in one state */
    RotationDriver(RotationRunner runner, Duration limit, PrintStream out) {
        this.runner = runner;
        this.limit = limit;
        this.out = out;
    }

    Outcome drive(RotationKind kind, RotationRecord from) throws InterruptedException {
        long since = System.nanoTime();
        while (true) {
            switch (step(kind, from)) {
                case RotationStep.Moved moved -> {
                    say(moved.rotation(), moved.rotation().state().word());
                    since = System.nanoTime();
                }
                case RotationStep.Finished finished -> {
                    return Outcome.FINISHED;
                }
                case RotationStep.InWindow inWindow -> {
                    if (!isShort(inWindow.rotation())
                            || isOver(since, inWindow.rotation().window())) {
                        say(
                                inWindow.rotation(),
                                "the old key is accepted until "
                                        + inWindow.rotation().retireAt() + "; then run: ./bulwark rotate resume "
                                        + from.id());
                        return Outcome.IN_WINDOW;
                    }
                    pause();
                }
                case RotationStep.Waiting waiting -> {
                    if (isOver(since, Duration.ZERO)) {
                        waiting.missing().forEach(missing -> say(waiting.rotation(), "missing: " + missing));
                        return Outcome.WAITING;
                    }
                    pause();
                }
            }
        }
    }

    /** A look that failed found something missing; what failed to be written is written at the next try. */
    private RotationStep step(RotationKind kind, RotationRecord from) throws InterruptedException {
        try {
            return runner.step(kind, from.id());
        } catch (IOException e) {
            return new RotationStep.Waiting(from, List.of(String.valueOf(e.getMessage())));
        }
    }

    private boolean isOver(long since, Duration more) {
        return System.nanoTime() - since > limit.plus(more).toNanos();
    }

    /** A window that ends within the time that is waited anyway. */
    private boolean isShort(RotationRecord rotation) {
        return rotation.window().compareTo(limit) <= 0;
    }

    private void pause() throws InterruptedException {
        if (never.await(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("nobody counts down");
        }
    }

    private void say(RotationRecord rotation, String what) {
        out.println(PrintableText.line(rotation.id() + "  " + rotation.kind() + "  " + what));
    }
}
