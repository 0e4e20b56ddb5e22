package bulwark.doctor.probe;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a probe is, for the list, the explanation and every report. Immutable.
 *
 * @param id for instance {@code HOST-FILES-01}; stable for ever, and never used again once it is retired
 * @param title the control as a sentence
 * @param document where the control is demanded: document and line
 * @param requirements of OWASP ASVS 5.0, for instance {@code V12.1.1}
 * @param deadline after which nobody waits for it
 * @param requests that it sends at most
 * @param leaves what stays behind in the target, or {@code nothing}
 * @param mend a command or a step that mends what it finds
 */
public record ProbeDescription(
        String id,
        String title,
        String document,
        Severity severity,
        List<String> requirements,
        Duration deadline,
        int requests,
        String leaves,
        String mend) {
    private static final Pattern ID = Pattern.compile("[A-Z]+(-[A-Z]+)+-[0-9]{2}");
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    public ProbeDescription {
        requirements = List.copyOf(requirements);
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(id + " is no probe id: words in capitals and two digits, with hyphens");
        }
        if (!title.endsWith(".") || mend.isBlank() || document.isBlank()) {
            throw new IllegalArgumentException(id + " needs a title that is a sentence, a document and a mend");
        }
    }

    /** Fifteen seconds, no request, nothing left; what differs is said with the methods below. */
    public static ProbeDescription of(String id, Severity severity, String title, String document, String mend) {
        return new ProbeDescription(id, title, document, severity, List.of(), DEADLINE, 0, "nothing", mend);
    }

    public ProbeDescription requires(String... asvs) {
        return new ProbeDescription(id, title, document, severity, List.of(asvs), deadline, requests, leaves, mend);
    }

    /** @param count of requests and handshakes at most */
    public ProbeDescription sends(int count, String left) {
        return new ProbeDescription(id, title, document, severity, requirements, deadline, count, left, mend);
    }

    public ProbeDescription within(Duration time) {
        return new ProbeDescription(id, title, document, severity, requirements, time, requests, leaves, mend);
    }

    /** The part that it belongs to: the first word of the id, in small letters. */
    public String part() {
        return id.substring(0, id.indexOf('-')).toLowerCase(java.util.Locale.ROOT);
    }
}
