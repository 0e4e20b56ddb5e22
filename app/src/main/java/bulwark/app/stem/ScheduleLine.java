package bulwark.app.stem;

import bulwark.app.cli.TextTable;
import bulwark.kernel.error.PrintableText;
import bulwark.tasks.envelope.DartTimestamps;
import bulwark.tasks.schedule.ScheduleJson;
import bulwark.tasks.schedule.ScheduleSpec;
import bulwark.tasks.schedule.ScheduleSpec.Calendar;
import bulwark.tasks.schedule.ScheduleSpec.Clocked;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import bulwark.tasks.schedule.ScheduleSpec.Interval;
import bulwark.tasks.schedule.ScheduleSpec.Solar;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Schedules as lines of a table. Titles, rule and widths of the cells are the original system's word for word, although they do not meet everywhere: people cut
 * these lines apart.
 */
final class ScheduleLine {
    private final StringBuilder line = new StringBuilder();

    /** Filled or cut to the width. */
    ScheduleLine cell(String text, int width) {
        String cell = TextTable.cut(text, width);
        line.append(cell).repeat(' ', width - cell.length()).append("| ");
        return this;
    }

    /** With a blank before the bar. */
    ScheduleLine spaced(String text, int width, boolean right) {
        String cell = TextTable.cut(text, width);
        if (right) {
            line.repeat(' ', width - cell.length()).append(cell);
        } else {
            line.append(cell).repeat(' ', width - cell.length());
        }
        line.append(" | ");
        return this;
    }

    void last(String text, PrintStream out) {
        out.println(line + PrintableText.line(text));
    }

    static String time(@Nullable Instant time) {
        return time == null ? "-" : DartTimestamps.of(time);
    }

    static String millis(@Nullable Duration duration) {
        return duration == null ? "-" : duration.toMillis() + "ms";
    }

    static String spec(ScheduleSpec spec) {
        return switch (spec) {
            case Interval interval ->
                "every " + every(interval.every()) + since(" from ", interval.startAt())
                        + since(" until ", interval.endAt());
            case Cron cron -> cron.expression();
            case Solar solar ->
                String.format(
                                Locale.ROOT,
                                "%s @%.2f,%.2f",
                                solar.event().name().toLowerCase(Locale.ROOT),
                                solar.latitude(),
                                solar.longitude())
                        + (solar.offset().isZero() ? "" : " (" + solar.offset().toMinutes() + "m offset)");
            case Clocked clocked -> "once " + DartTimestamps.of(clocked.runAt());
            case Calendar calendar -> "calendar " + ScheduleJson.specText(calendar);
        };
    }

    private static String every(Duration every) {
        return every.toMillis() % 1000 == 0 ? every.toSeconds() + "s" : every.toMillis() + "ms";
    }

    private static String since(String word, @Nullable Instant time) {
        return time == null ? "" : word + DartTimestamps.of(time);
    }
}
