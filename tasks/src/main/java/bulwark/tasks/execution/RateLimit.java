package bulwark.tasks.execution;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code N/s}, {@code N/m} or {@code N/h}. */
record RateLimit(int limit, Duration per) {
    private static final Pattern FORM = Pattern.compile("\\s*([0-9]{1,9})\\s*/\\s*([smh])\\s*");

    /** Empty for null. @throws IllegalArgumentException with a sentence */
    static Optional<RateLimit> of(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a rate reads N/s, N/m or N/h");
        }
        Duration per = switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            default -> Duration.ofHours(1);
        };
        return Optional.of(new RateLimit(Integer.parseInt(matcher.group(1)), per));
    }
}
