package bulwark.kernel.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expected failure that ends a command. It is printed as its sentences, each with a remedy and none with a secret, and never as a stack trace. */
public abstract class OperatorError extends RuntimeException {
    private volatile List<String> sentences;
    private final ExitCode exitCode;

    protected OperatorError(ExitCode exitCode, List<String> sentences, @Nullable Throwable cause) {
        super(null, cause);
        this.sentences = List.copyOf(sentences);
        this.exitCode = exitCode;
    }

    protected OperatorError(ExitCode exitCode, String sentence) {
        this(exitCode, List.of(sentence), null);
    }

    public final List<String> sentences() {
        return sentences;
    }

    @Override
    public final String getMessage() {
        return String.join(System.lineSeparator(), sentences);
    }

    /** Puts the setting in front of each sentence that does not name it; for the caller that knows which setting led here. */
    public final void nameSetting(String setting) {
        sentences = sentences.stream()
                .map(sentence -> sentence.contains(setting) ? sentence : setting + ": " + sentence)
                .toList();
    }

    public final ExitCode exitCode() {
        return exitCode;
    }
}
