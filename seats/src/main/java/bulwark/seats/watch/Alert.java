package bulwark.seats.watch;

/**
 * Something that a person should know of. Two with the same code and subject are the same alert. Immutable.
 *
 * @param code stable word in capitals
 * @param subject what it is about: {@code seat:7}, a label, a transaction, or {@code watcher:el}
 * @param cause a sentence
 * @param nextStep a sentence
 */
public record Alert(String code, String subject, Severity severity, String cause, String nextStep) {
    /** How soon somebody should look. */
    public enum Severity {
        WARNING,
        CRITICAL
    }

    public static Alert warning(String code, String subject, String cause, String nextStep) {
        return new Alert(code, subject, Severity.WARNING, cause, nextStep);
    }

    public static Alert critical(String code, String subject, String cause, String nextStep) {
        return new Alert(code, subject, Severity.CRITICAL, cause, nextStep);
    }

    static String seat(long id) {
        return "seat:" + id;
    }
}
