package bulwark.tasks.handler;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a public method {@code (TaskContext)} or {@code ()} of a {@link TaskModule} as the handler of a task.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Task {
    String value();

    String description() default "";

    int maxRetries() default 0;

    /** {@code N/s}, {@code N/m} or {@code N/h}; empty for none. */
    String rateLimit() default "";

    /** Equal calls are one task, until it ends. */
    boolean unique() default false;

    /** Milliseconds for which a unique task stays alone at most; 0 for five minutes. */
    long uniqueForMs() default 0;

    /** 0 to 9, 9 first. */
    int priority() default 0;

    /** Milliseconds for which a silent worker keeps the task; 0 for the worker's own lease. */
    long visibilityTimeoutMs() default 0;

    /** Milliseconds; 0 for none. */
    long hardTimeLimitMs() default 0;

    /** Milliseconds; 0 for none. */
    long softTimeLimitMs() default 0;
}
