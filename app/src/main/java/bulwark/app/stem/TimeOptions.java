package bulwark.app.stem;

import bulwark.app.cli.OptionParsers;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.PrintableText;
import bulwark.tasks.envelope.DartTimestamps;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Times as options hold them: in the forms that an envelope may hold too. A refusal names the option. */
final class TimeOptions {
    private TimeOptions() {}

    static Instant time(String option, String text) {
        return DartTimestamps.parse(text)
                .orElseThrow(() -> CommandFailed.usage(option + " must be a time such as 2026-01-02T03:04:05Z, not \""
                        + PrintableText.line(text) + "\""));
    }

    static @Nullable Instant timeOrNull(String option, @Nullable String text) {
        return text == null ? null : time(option, text);
    }

    /** A time, or a duration from now. */
    static Instant when(String option, String text, Clock clock) {
        return DartTimestamps.parse(text).orElseGet(() -> clock.instant().plus(OptionParsers.duration(option, text)));
    }
}
