package bulwark.kernel.time;

import bulwark.kernel.error.PrintableText;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How people write a duration in settings, options and schedules: {@code 250ms}, {@code 5s}, {@code 2m}, {@code 1h}, {@code 7d}, in either case and with an
 * optional blank before the unit; a bare number is seconds. At most {@value #MAX_DAYS} days, so that no deadline overflows.
 */
public final class Durations {
    public static final int MAX_DAYS = 36_500;
    private static final Duration MAX = Duration.ofDays(MAX_DAYS);
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})\\s*(ms|s|m|h|d)?");

    private Durations() {}

    /** @throws IllegalArgumentException with a sentence to stand after the name of what was given */
    public static Duration parse(String text) {
        return find(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "must be " + expected() + ", not \"" + PrintableText.line(text) + "\""));
    }

    /** Empty when the text is no duration. */
    public static Optional<Duration> find(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long amount = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        Duration duration = switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            case "d" -> Duration.ofDays(amount);
            default -> Duration.ofSeconds(amount);
        };
        return Optional.of(duration).filter(d -> d.compareTo(MAX) <= 0);
    }

    /** To stand after "must be". */
    public static String expected() {
        return "a duration such as 250ms, 5s, 2m or 1h, of at most " + MAX_DAYS + " days";
    }
}
