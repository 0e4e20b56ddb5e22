package bulwark.tasks.handler;

import org.jspecify.annotations.Nullable;

/** Runs one kind of task. Found by {@link java.util.ServiceLoader} or by {@link Task}. Called on a virtual thread, by many at once. */
public interface TaskHandler {
    /** For instance {@code billing.charge}. */
    String name();

    default TaskOptions options() {
        return TaskOptions.DEFAULT;
    }

    /** One line for {@code stem tasks ls}. */
    default String description() {
        return "";
    }

    /** True for a task that must never run for an envelope whose signature no key verifies, not even on a worker that allows unsigned tasks. */
    default boolean signedOnly() {
        return false;
    }

    /**
     * @return the result: null, a string, number or boolean, a list or map of such, or a Jackson node
     * @throws Exception a failure, retried as the task's policy says; {@link TaskContext#retry} asks for a retry by name
     */
    @Nullable
    Object run(TaskContext context) throws Exception;
}
