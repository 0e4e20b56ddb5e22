package bulwark.tasks.exec;

/** The program ended badly, wrote too much, or ran too long. */
public final class ExecFailed extends Exception {
    ExecFailed(String message) {
        super(message);
    }
}
