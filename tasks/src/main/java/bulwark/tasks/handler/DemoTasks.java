package bulwark.tasks.handler;

import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Three tasks to try the system with. */
public final class DemoTasks implements TaskModule {
    private static final Duration MAX_SLEEP = Duration.ofHours(1);

    @Task(value = "demo.echo", description = "Returns its arguments.")
    public ObjectNode echo(TaskContext context) {
        return context.args();
    }

    @Task(
            value = "demo.sleep",
            description = "Sleeps for {\"ms\"} or {\"seconds\"}, an hour at most; ends early when asked to stop.")
    public String sleep(TaskContext context) throws InterruptedException {
        Duration left = requestedSleep(context.args());
        String said = "slept " + left.toMillis() + " ms";
        long end = System.nanoTime() + left.toNanos();
        for (long nanos = left.toNanos(); nanos > 0; nanos = end - System.nanoTime()) {
            context.checkpoint();
            Thread.sleep(Duration.ofNanos(Math.min(nanos, 50_000_000)));
        }
        return said;
    }

    private static Duration requestedSleep(ObjectNode args) {
        JsonNode seconds = args.path("seconds");
        double millis = seconds.isNumber()
                ? seconds.doubleValue() * 1_000
                : args.path("ms").asDouble(0);
        return Duration.ofMillis((long) Math.clamp(millis, 0, (double) MAX_SLEEP.toMillis()));
    }

    @Task(value = "demo.flaky", description = "Fails {\"failures\"} times, then succeeds.", maxRetries = 10)
    public String flaky(TaskContext context) {
        int failures = context.args().path("failures").asInt(0);
        if (context.attempt() < failures) {
            throw new IllegalStateException("failure " + (context.attempt() + 1) + " of " + failures);
        }
        return "succeeded after " + failures + (failures == 1 ? " failure" : " failures");
    }
}
