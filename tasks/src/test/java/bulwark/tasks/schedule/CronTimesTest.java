package bulwark.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CronTimesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 3 * * *      | 2026-01-02T03:00 2026-01-03T03:00",
                "*/15 * * * *   | 2026-01-02T00:15 2026-01-02T00:30",
                "5/20 * * * *   | 2026-01-02T00:05 2026-01-02T00:25 2026-01-02T00:45 2026-01-02T01:05",
                "5,10-12/2 1 * * * | 2026-01-02T01:05 2026-01-02T01:10 2026-01-02T01:12 2026-01-03T01:05",
                "0 0 * * 0      | 2026-01-04T00:00 2026-01-11T00:00",
                "0 0 * * 7      | 2026-01-04T00:00 2026-01-11T00:00",
                "0 0 * * 5-7    | 2026-01-03T00:00 2026-01-04T00:00 2026-01-09T00:00",
                "0 0 * * mon    | 2026-01-05T00:00 2026-01-12T00:00",
                "0 0 29 2 *     | 2028-02-29T00:00 2032-02-29T00:00",
                "0 0 31 * *     | 2026-01-31T00:00 2026-03-31T00:00",
                "30 0 0 * * *   | 2026-01-02T00:00:30 2026-01-03T00:00:30",
                "*/20 0 0 1 * * | 2026-02-01T00:00 2026-02-01T00:00:20 2026-02-01T00:00:40 2026-03-01T00:00"
            })
    void expressions_mean_what_cron_says(String expression, String expected) {
        CronFields fields = CronFields.parse(expression);
        LocalDateTime time = LocalDateTime.parse("2026-01-02T00:00");
        for (String next : expected.split(" ")) {
            time = fields.after(time).orElseThrow();
            assertThat(time).isEqualTo(LocalDateTime.parse(next));
        }
    }

    @Test
    void day_of_month_and_day_of_week_are_alternatives_when_both_are_given() {
        // Friday or the 13th, which in January 2026 is a Tuesday.
        CronFields fields = CronFields.parse("0 0 13 * 5");
        assertThat(times(fields, "2026-01-01T00:00", 5))
                .containsExactly(
                        "2026-01-02T00:00",
                        "2026-01-09T00:00",
                        "2026-01-13T00:00",
                        "2026-01-16T00:00",
                        "2026-01-23T00:00");
    }

    @Test
    void an_expression_that_never_fires_is_refused() {
        assertThat(CronFields.parse("0 0 31 2 *").after(LocalDateTime.parse("2026-01-01T00:00")))
                .isEmpty();
        assertThat(CronFields.parse("0 0 29 2 *").after(LocalDateTime.parse("2096-03-01T00:00")))
                .contains(LocalDateTime.parse("2104-02-29T00:00"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "* * * *",
                "* * * * * * *",
                "60 * * * *",
                "* 24 * * *",
                "* * 0 * *",
                "* * * 13 *",
                "* * * * 8",
                "*/0 * * * *",
                "*/61 * * * *",
                "5-1 * * * *",
                "1,,2 * * * *",
                "x * * * *",
                "* * L * *",
                "* * ? * *",
                "* * * * 1#2",
                "@daily",
                "-1 * * * *",
                "99999999999 * * * *"
            })
    void what_is_no_cron_expression_is_refused(String expression) {
        assertThatThrownBy(() -> CronFields.parse(expression)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void next_times_are_those_that_trying_each_minute_finds() {
        Random random = new Random(20260102);
        for (int round = 0; round < 200; round++) {
            String expression = expression(random);
            CronFields fields = CronFields.parse(expression);
            LocalDateTime start = LocalDateTime.parse("2026-01-01T00:00").plusMinutes(random.nextInt(525_600));
            LocalDateTime expected = start.plusMinutes(1);
            LocalDateTime limit = start.plusDays(40);
            while (expected.isBefore(limit) && !matches(expression, expected)) {
                expected = expected.plusMinutes(1);
            }
            LocalDateTime found = fields.after(start).orElse(LocalDateTime.MAX);
            if (expected.isBefore(limit)) {
                assertThat(found).as("%s after %s", expression, start).isEqualTo(expected);
            } else {
                assertThat(found).as("%s after %s", expression, start).isAfterOrEqualTo(limit);
            }
        }
    }

    @Test
    void next_is_always_later_and_grows_with_the_start_in_every_zone() {
        Random random = new Random(7);
        List<String> zones = List.of("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia");
        for (int round = 0; round < 300; round++) {
            CronTimes times = CronTimes.of(expression(random), ZoneId.of(zones.get(round % zones.size())));
            Instant from = Instant.parse("2011-01-01T00:00:00Z").plusSeconds(random.nextInt(500_000_000));
            Instant later = from.plusSeconds(random.nextInt(200_000));
            Instant next = times.after(from).orElseThrow();
            assertThat(next).isAfter(from);
            assertThat(times.after(later).orElseThrow()).isAfter(later).isAfterOrEqualTo(next);
            // Whatever lies before the found time leads to the same.
            assertThat(times.after(next.minusMillis(1))).contains(next);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Named hours: once right after the gap, once at the first pass.
                "30 2 * * *     | Europe/Berlin       | 2026-03-28T12:00+01:00 | 2026-03-29T03:00+02:00 2026-03-30T02:30+02:00",
                "0,30 2 * * *   | Europe/Berlin       | 2026-03-28T12:00+01:00 | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00",
                "30 2,3 * * *   | Europe/Berlin       | 2026-03-28T12:00+01:00 | 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00",
                "0 2,3 * * *    | Europe/Berlin       | 2026-03-28T12:00+01:00 | 2026-03-29T03:00+02:00 2026-03-30T02:00+02:00",
                "30 2 * * *     | Europe/Berlin       | 2026-10-24T12:00+02:00 | 2026-10-25T02:30+02:00 2026-10-26T02:30+01:00",
                "30 2 * * *     | Europe/Berlin       | 2026-10-25T02:40+02:00 | 2026-10-26T02:30+01:00",
                "30 2 * * *     | Europe/Berlin       | 2026-10-25T02:10+01:00 | 2026-10-26T02:30+01:00",
                "30 2 * * *     | America/New_York    | 2026-03-07T12:00-05:00 | 2026-03-08T03:00-04:00 2026-03-09T02:30-04:00",
                "30 1 * * *     | America/New_York    | 2026-10-31T12:00-04:00 | 2026-11-01T01:30-04:00 2026-11-02T01:30-05:00",
                // Half an hour only.
                "15 2 * * *     | Australia/Lord_Howe | 2026-10-03T12:00+10:30 | 2026-10-04T02:30+11:00 2026-10-05T02:15+11:00",
                "45 1 * * *     | Australia/Lord_Howe | 2026-04-04T12:00+11:00 | 2026-04-05T01:45+11:00 2026-04-06T01:45+10:30",
                // A whole day was skipped.
                "0 9 * * *      | Pacific/Apia        | 2011-12-29T12:00-10:00 | 2011-12-31T00:00+14:00 2011-12-31T09:00+14:00",
                // In every hour: elapsed time.
                "*/30 * * * *   | Europe/Berlin       | 2026-03-29T01:15+01:00 | 2026-03-29T01:30+01:00 2026-03-29T03:00+02:00 2026-03-29T03:30+02:00",
                "15 * * * *     | Europe/Berlin       | 2026-03-29T01:00+01:00 | 2026-03-29T01:15+01:00 2026-03-29T03:15+02:00",
                "*/30 * * * *   | Europe/Berlin       | 2026-10-25T01:45+02:00 | 2026-10-25T02:00+02:00 2026-10-25T02:30+02:00 2026-10-25T02:00+01:00 2026-10-25T02:30+01:00 2026-10-25T03:00+01:00",
                "*/15 * * * *   | Australia/Lord_Howe | 2026-04-05T01:29+11:00 | 2026-04-05T01:30+11:00 2026-04-05T01:45+11:00 2026-04-05T01:30+10:30 2026-04-05T01:45+10:30 2026-04-05T02:00+10:30",
                "0 * 1 * *      | Europe/Berlin       | 2026-10-02T00:00+02:00 | 2026-11-01T00:00+01:00"
            })
    void clocks_that_change_are_followed_as_documented(String expression, String zone, String from, String expected) {
        CronTimes times = CronTimes.of(expression, ZoneId.of(zone));
        Instant time = OffsetDateTime.parse(from).toInstant();
        for (String next : expected.split(" ")) {
            time = times.after(time).orElseThrow();
            assertThat(time.atZone(ZoneId.of(zone)).toOffsetDateTime()).isEqualTo(OffsetDateTime.parse(next));
        }
    }

    @Test
    void each_day_has_one_run_across_a_year_of_clock_changes() {
        for (String zone : List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")) {
            CronTimes times = CronTimes.of("30 2 * * *", ZoneId.of(zone));
            Instant time = LocalDateTime.parse("2025-12-31T12:00").toInstant(ZoneOffset.UTC);
            for (int day = 1; day <= 365; day++) {
                time = times.after(time).orElseThrow();
                assertThat(time.atZone(ZoneId.of(zone)).getDayOfYear()).isEqualTo(day);
            }
        }
    }

    private static List<String> times(CronFields fields, String from, int count) {
        List<String> found = new ArrayList<>();
        LocalDateTime time = LocalDateTime.parse(from);
        for (int i = 0; i < count; i++) {
            time = fields.after(time).orElseThrow();
            found.add(time.toString());
        }
        return found;
    }

    private static String expression(Random random) {
        return field(random, 0, 59) + " " + field(random, 0, 23) + " " + field(random, 1, 28) + " "
                + field(random, 1, 12) + " " + field(random, 0, 7);
    }

    private static String field(Random random, int lowest, int highest) {
        int a = lowest + random.nextInt(highest - lowest + 1);
        int b = lowest + random.nextInt(highest - lowest + 1);
        int step = 1 + random.nextInt(Math.max(1, highest / 2));
        return switch (random.nextInt(8)) {
            case 0 -> String.valueOf(a);
            case 1 -> a + "," + b;
            case 2 -> Math.min(a, b) + "-" + Math.max(a, b);
            case 3 -> "*/" + step;
            case 4 -> Math.min(a, b) + "-" + Math.max(a, b) + "/" + step;
            default -> "*";
        };
    }

    /** Read straight from the definition, one field at a time. */
    private static boolean matches(String expression, LocalDateTime time) {
        String[] fields =
                expression.replace("*/1 ", "* ").replaceAll("\\*/1$", "*").split(" ");
        int weekday = time.getDayOfWeek().getValue() % 7;
        boolean day = in(fields[2], time.getDayOfMonth(), 1, 31);
        boolean dayOfWeek = in(fields[4], weekday, 0, 7) || weekday == 0 && in(fields[4], 7, 0, 7);
        boolean days = fields[2].equals("*") || fields[4].equals("*") ? day && dayOfWeek : day || dayOfWeek;
        return days
                && in(fields[0], time.getMinute(), 0, 59)
                && in(fields[1], time.getHour(), 0, 23)
                && in(fields[3], time.getMonthValue(), 1, 12);
    }

    private static boolean in(String field, int value, int lowest, int highest) {
        for (String part : field.split(",")) {
            String[] halves = part.split("/");
            String[] range = halves[0].equals("*") ? new String[] {"" + lowest, "" + highest} : halves[0].split("-");
            int from = Integer.parseInt(range[0]);
            int to = range.length > 1 ? Integer.parseInt(range[1]) : from;
            int step = halves.length > 1 ? Integer.parseInt(halves[1]) : 1;
            if (value >= from && value <= to && (value - from) % step == 0) {
                return true;
            }
        }
        return false;
    }
}
