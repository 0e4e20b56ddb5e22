package bulwark.kernel.error;

/**
 * How a command ends. The programs of Stigmem count in the shell's plain numbers, those of Stem in the numbers of {@code sysexits.h}, each as its original does;
 * {@code docs/exit-codes.md} prints this table.
 */
public enum ExitCode {
    DONE(0, 0, "The command did what it was asked to do."),
    NEGATIVE(1, 1, "The question was answered with no: not found, not valid, not in time, already running."),
    FAILED(1, 70, "A store, key, certificate, network or other process did not do its part."),
    SETTINGS(1, 64, "A setting or a file that the command was given is refused."),
    USAGE(2, 64, "The command line itself is wrong: an unknown or missing option, a value out of range."),
    NOT_RUNNING(3, 3, "The process that was asked about is not running.");

    private final int plain;
    private final int sysexit;
    private final String meaning;

    ExitCode(int plain, int sysexit, String meaning) {
        this.plain = plain;
        this.sysexit = sysexit;
        this.meaning = meaning;
    }

    public int plain() {
        return plain;
    }

    public int sysexit() {
        return sysexit;
    }

    public String meaning() {
        return meaning;
    }
}
