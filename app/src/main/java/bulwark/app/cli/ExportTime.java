package bulwark.app.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The time in the names of exports and snapshots: names sort as their times do. */
public final class ExportTime {
    private static final DateTimeFormatter FORM =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private ExportTime() {}

    public static String of(Instant time) {
        return FORM.format(time);
    }
}
