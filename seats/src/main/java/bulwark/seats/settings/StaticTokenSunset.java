package bulwark.seats.settings;

import bulwark.kernel.time.Timestamps;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** From when on the static token is refused. */
public final class StaticTokenSunset {
    public static final String SETTING = "SEAT_MANAGER_STATIC_ADMIN_TOKEN_SUNSET";

    private StaticTokenSunset() {}

    /** A date without a time means 00:00 UTC of that day; empty when the text is neither. */
    public static Optional<Instant> parse(String text) {
        try {
            return Optional.of(
                    LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeParseException e) {
            return Timestamps.parse(text);
        }
    }
}
