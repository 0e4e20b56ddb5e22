package bulwark.kernel.error;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;

/** What a command prints when it ends with an exception. */
public final class ErrorReport {
    private ErrorReport() {}

    /** Expected failures are sentences; anything else keeps its stack trace, because then the program is at fault. */
    public static ExitCode print(Throwable thrown, PrintStream err) {
        switch (thrown) {
            case OperatorError error -> {
                error.sentences().forEach(sentence -> print(sentence, err));
                return error.exitCode();
            }
            case IOException failed -> print(failed.toString(), err);
            case UncheckedIOException failed -> print(failed.getMessage() + ": " + failed.getCause(), err);
            default -> thrown.printStackTrace(err);
        }
        return ExitCode.FAILED;
    }

    /** Sentences quote names of files, schedules and tasks: a terminal would obey the control characters in them. */
    private static void print(String sentence, PrintStream err) {
        err.println("error: " + PrintableText.lines(sentence));
    }
}
