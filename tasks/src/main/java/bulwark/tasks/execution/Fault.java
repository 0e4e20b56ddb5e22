package bulwark.tasks.execution;

import bulwark.tasks.envelope.EnvelopeRefused;
import java.time.DateTimeException;
import java.util.concurrent.CompletionException;

/** Why a delivery could not be handled or settled. */
sealed interface Fault {
    /** A sentence. */
    String sentence();

    /** The same would happen each time: the task fails with it and never comes again. */
    record Permanent(String sentence) implements Fault {}

    /** It may not happen the next time: the task is redelivered, later and later. */
    record Passing(String sentence) implements Fault {}

    static Fault of(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        String message = cause.getMessage();
        String sentence = cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return permanent(cause) ? new Permanent(sentence) : new Passing(sentence);
    }

    /** What follows from the values alone. */
    private static boolean permanent(Throwable cause) {
        return cause instanceof IllegalArgumentException
                || cause instanceof EnvelopeRefused
                || cause instanceof ArithmeticException
                || cause instanceof DateTimeException
                || cause instanceof ClassCastException
                || cause instanceof NullPointerException
                || cause instanceof IndexOutOfBoundsException
                || cause instanceof StackOverflowError;
    }
}
