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

    /** @throws CommandFailed when the number is not within the range */
    public static int number(String option, int given, int min, int max) {
        if (given < min || given > max) {
            throw CommandFailed.usage(option + " must be " + min
                    + (max == Integer.MAX_VALUE ? " or more" : " to " + max) + ", not " + given);
        }
        return given;
    }
}
