package bulwark.kernel.quota;

import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * The day and the month in UTC at some moment.
 *
 * @param day days since 1970
 * @param month months since year 0
 * @param dayEnd epoch second of the next midnight
 * @param monthEnd epoch second at which the next month begins
 */
record UtcCalendar(long day, long month, long dayEnd, long monthEnd) {
    static final long DAY_SECONDS = 86_400;

    static UtcCalendar at(long epochSecond) {
        long day = Math.floorDiv(epochSecond, DAY_SECONDS);
        YearMonth month = YearMonth.from(LocalDate.ofEpochDay(day));
        long monthEnd = month.plusMonths(1).atDay(1).atStartOfDay().toEpochSecond(ZoneOffset.UTC);
        return new UtcCalendar(day, month.getYear() * 12L + month.getMonthValue(), (day + 1) * DAY_SECONDS, monthEnd);
    }

    boolean holds(long epochSecond) {
        return epochSecond < dayEnd && epochSecond >= dayEnd - DAY_SECONDS;
    }
}
