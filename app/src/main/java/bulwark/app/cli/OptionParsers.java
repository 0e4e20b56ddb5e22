package bulwark.app.cli;

import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.time.Durations;
import java.time.Duration;

/** How option values are written. A refusal names the option. */
public final class OptionParsers {
    private OptionParsers() {}

    /** @throws CommandFailed when the text is no duration such as {@code 90s} */
    public static Duration duration(String option, String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailed.usage(option + " " + e.getMessage());
        }
    }
}
