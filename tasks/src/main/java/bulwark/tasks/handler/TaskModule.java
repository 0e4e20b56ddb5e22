package bulwark.tasks.handler;

/** A class with {@link Task} methods, found by {@link java.util.ServiceLoader}; made once for each worker, so its methods must be thread-safe. */
public interface TaskModule {}
