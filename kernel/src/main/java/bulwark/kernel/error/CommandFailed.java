package bulwark.kernel.error;

/** A command cannot go on; the message is a sentence with the next step. */
public final class CommandFailed extends OperatorError {
    public CommandFailed(ExitCode exitCode, String sentence) {
        super(exitCode, sentence);
    }

    public CommandFailed(String sentence) {
        this(ExitCode.FAILED, sentence);
    }

    /** The options, or the files and settings that they name, cannot be right. */
    public static CommandFailed usage(String sentence) {
        return new CommandFailed(ExitCode.USAGE, sentence);
    }

    /** Asked and answered in the negative. */
    public static CommandFailed negative(String sentence) {
        return new CommandFailed(ExitCode.NEGATIVE, sentence);
    }
}
