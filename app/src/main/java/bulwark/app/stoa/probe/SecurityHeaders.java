package bulwark.app.stoa.probe;

import bulwark.doctor.client.WireAnswer;
import java.util.List;
import java.util.Map;

/** The five headers of the hardening page. */
final class SecurityHeaders {
    private static final Map<String, String> FIVE = Map.of(
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY",
            "X-XSS-Protection", "0",
            "Referrer-Policy", "strict-origin-when-cross-origin",
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()");

    private SecurityHeaders() {}

    /** Sentences; none when each stands there once, with its value. */
    static List<String> faults(WireAnswer answer) {
        return FIVE.keySet().stream()
                .filter(name -> !answer.values(name).equals(List.of(FIVE.getOrDefault(name, ""))))
                .sorted()
                .map(name -> name + " on " + answer.status() + " is "
                        + (answer.values(name).isEmpty() ? "missing" : String.join(" and ", answer.values(name))))
                .toList();
    }
}
