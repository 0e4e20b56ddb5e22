package bulwark.kernel.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** The date inside of a signed statement. */
public final class SignedTime {
    private SignedTime() {}

    /** @param text ISO 8601 with an offset or Z @return {@link Instant#MAX} for anything else, which no replaced key may have signed */
    public static Instant parse(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException noTime) {
            return Instant.MAX;
        }
    }
}
