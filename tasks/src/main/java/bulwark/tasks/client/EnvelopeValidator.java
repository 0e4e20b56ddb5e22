package bulwark.tasks.client;

import bulwark.tasks.envelope.PayloadCheck;
import java.util.Map;

/** What readers of envelopes refuse is refused here, where the caller still sees it. */
final class EnvelopeValidator {
    private EnvelopeValidator() {}

    /** @throws IllegalArgumentException naming the field */
    static void check(String field, String text) {
        PayloadCheck.text(field, text);
    }

    static void check(String field, Map<String, String> texts) {
        texts.forEach((name, value) -> {
            check(field, name);
            check(field, value);
        });
    }
}
