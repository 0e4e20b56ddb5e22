package bulwark.kernel.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expected failure that ends a command. It is printed as its sentences, each with a remedy and none with a secret, and never as a stack trace. */
public abstract class OperatorError extends RuntimeException {
    private final List<String> sentences;
    private final ExitCode exitCode;

    protected OperatorError(ExitCode exitCode, List<String> sentences, @Nullable Throwable cause) {
        super(String.join(System.lineSeparator(), sentences), cause);
        this.sentences = List.copyOf(sentences);
        this.exitCode = exitCode;
    }

    protected OperatorError(ExitCode exitCode, String sentence) {
        this(exitCode, List.of(sentence), null);
    }

    public final List<String> sentences() {
        return sentences;
    }

    public final ExitCode exitCode() {
        return exitCode;
    }
}
