package bulwark.tasks.events;

/** Texts that untrusted senders chose, made fit for a log line. */
public final class PrintableText {
    private static final int MAX_LENGTH = 200;

    private PrintableText() {}

    public static String of(String text) {
        String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
        return cut.chars().noneMatch(Character::isISOControl) ? cut : cut.replaceAll("\\p{Cntrl}", "?");
    }
}
