package bulwark.app;

/** A command cannot go on; the message is a sentence with the next step. Exit code 1. */
final class CommandFailed extends RuntimeException {
    CommandFailed(String sentence) {
        super(sentence, null, false, false);
    }
}
