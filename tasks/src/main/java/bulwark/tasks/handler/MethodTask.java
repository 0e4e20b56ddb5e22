package bulwark.tasks.handler;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A method marked with {@link Task}. */
final class MethodTask implements TaskHandler {
    private final Task task;
    private final TaskOptions options;
    private final MethodHandle method;
    private final boolean takesContext;

    private MethodTask(Task task, TaskOptions options, MethodHandle method, boolean takesContext) {
        this.task = task;
        this.options = options;
        this.method = method;
        this.takesContext = takesContext;
    }

    /** @throws IllegalArgumentException with what is wrong with the method */
    static MethodTask of(TaskModule module, Method method, Task task) {
        Class<?>[] parameters = method.getParameterTypes();
        boolean takesContext = parameters.length == 1 && parameters[0] == TaskContext.class;
        if (parameters.length > 0 && !takesContext) {
            throw new IllegalArgumentException("a task's method takes a TaskContext or nothing");
        }
        try {
            // A module may be a class that nobody outside of its package needs to see.
            method.setAccessible(true);
            MethodHandle bound = MethodHandles.lookup().unreflect(method).bindTo(module);
            return new MethodTask(task, options(task), bound, takesContext);
        } catch (IllegalAccessException | RuntimeException e) {
            throw new IllegalArgumentException("the method cannot be called: " + e.getMessage(), e);
        }
    }

    private static TaskOptions options(Task task) {
        TaskOptions none = TaskOptions.DEFAULT;
        return new TaskOptions(
                task.maxRetries(),
                limit(task.softTimeLimitMs()),
                limit(task.hardTimeLimitMs()),
                task.rateLimit().isEmpty() ? null : task.rateLimit(),
                none.groupRateLimit(),
                none.groupRateKey(),
                none.groupRateKeyHeader(),
                none.groupRateFailOpen(),
                task.unique(),
                limit(task.uniqueForMs()),
                task.priority(),
                limit(task.visibilityTimeoutMs()),
                none.retryPolicy());
    }

    private static @Nullable Duration limit(long millis) {
        return millis > 0 ? Duration.ofMillis(millis) : null;
    }

    @Override
    public String name() {
        return task.value();
    }

    @Override
    public TaskOptions options() {
        return options;
    }

    @Override
    public String description() {
        return task.description();
    }

    @Override
    public @Nullable Object run(TaskContext context) throws Exception {
        try {
            return takesContext ? method.invoke(context) : method.invoke();
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable other) {
            throw new IllegalStateException("the task threw what is neither an exception nor an error", other);
        }
    }
}
