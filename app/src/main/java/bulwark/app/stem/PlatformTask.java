package bulwark.app.stem;

import bulwark.app.cli.CommandContext;
import bulwark.app.up.PartList;
import bulwark.app.up.PlatformJob;
import bulwark.app.up.StateFolder;
import bulwark.tasks.handler.TaskContext;
import bulwark.tasks.handler.TaskHandler;
import bulwark.tasks.handler.TaskOptions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job of the platform as a task. Its arguments are ignored: a sender of tasks chooses nothing about it. */
final class PlatformTask implements TaskHandler {
    private static final int MAX_RETRIES = 3;

    private final PlatformJob job;
    private final Map<String, String> environment;
    private final Clock clock;

    private PlatformTask(PlatformJob job, CommandContext context) {
        this.job = job;
        this.environment = context.environment();
        this.clock = context.clock();
    }

    /** The jobs of every part. In a worker that {@code up} did not start, each fails and says so. */
    static List<TaskHandler> all(CommandContext context) {
        return PartList.jobs().stream()
                .<TaskHandler>map(job -> new PlatformTask(job, context))
                .toList();
    }

    @Override
    public String name() {
        return job.name();
    }

    @Override
    public String description() {
        return job.description();
    }

    @Override
    public TaskOptions options() {
        return TaskOptions.DEFAULT.withMaxRetries(MAX_RETRIES);
    }

    @Override
    public @Nullable Object run(TaskContext context) throws Exception {
        return job.work().run(new PlatformJob.Run(StateFolder.of(environment), clock, context::checkpoint));
    }
}
