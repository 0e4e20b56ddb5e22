package bulwark.app.stem;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.time.Durations;
import bulwark.tasks.envelope.DartTimestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How option values are written. A refusal names the option. */
final class OptionParsers {
    private OptionParsers() {}

    static Duration duration(String option, String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage(option + " " + e.getMessage());
        }
    }

    static Instant time(String option, String text) {
        return DartTimestamps.parse(text)
                .orElseThrow(() -> CommandFailed.usage(option + " must be a time such as 2026-01-02T03:04:05Z, not \""
                        + TextTable.printable(text) + "\""));
    }

    static @Nullable Instant timeOrNull(String option, @Nullable String text) {
        return text == null ? null : time(option, text);
    }

    /** A time, or a duration from now. */
    static Instant when(String option, String text, Clock clock) {
        return DartTimestamps.parse(text).orElseGet(() -> clock.instant().plus(duration(option, text)));
    }
}
