package bulwark.tasks.schedule;

import com.cronutils.model.Cron;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.field.CronFieldName;
import com.cronutils.model.field.expression.Always;
import com.cronutils.model.field.expression.And;
import com.cronutils.model.field.expression.Between;
import com.cronutils.model.field.expression.Every;
import com.cronutils.model.field.expression.FieldExpression;
import com.cronutils.model.field.expression.On;
import com.cronutils.parser.CronParser;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression as sets of values, over local time without any zone: {@code minute hour day-of-month month day-of-week}, or six fields with seconds
 * first. Sunday is 0 and 7. When neither day field is {@code *}, a day that either of them names will do. Immutable.
 */
record CronFields(
        BitSet seconds,
        BitSet minutes,
        BitSet hours,
        BitSet days,
        BitSet months,
        BitSet weekdays,
        boolean anyDay,
        boolean anyWeekday) {
    /** 29 February comes after 8 years at the latest. */
    private static final int YEARS = 9;

    private static final int MAX_LENGTH = 512;
    private static final CronParser FIVE = new CronParser(definition(false));
    private static final CronParser SIX = new CronParser(definition(true));

    /** @throws IllegalArgumentException when it is no such expression */
    static CronFields parse(String expression) {
        String text = expression.strip();
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("is longer than " + MAX_LENGTH + " characters");
        }
        int count = text.isEmpty() ? 0 : text.split("\\s+").length;
        if (count != 5 && count != 6) {
            throw new IllegalArgumentException("has " + count + " fields, not 5 (or 6 with seconds first)");
        }
        Cron cron = (count == 6 ? SIX : FIVE).parse(text).validate();
        BitSet weekdays = set(cron, CronFieldName.DAY_OF_WEEK, 0, 7);
        if (weekdays.get(7)) {
            weekdays.set(0);
        }
        return new CronFields(
                count == 6 ? set(cron, CronFieldName.SECOND, 0, 59) : only(0),
                set(cron, CronFieldName.MINUTE, 0, 59),
                set(cron, CronFieldName.HOUR, 0, 23),
                set(cron, CronFieldName.DAY_OF_MONTH, 1, 31),
                set(cron, CronFieldName.MONTH, 1, 12),
                weekdays,
                cron.retrieve(CronFieldName.DAY_OF_MONTH).getExpression() instanceof Always,
                cron.retrieve(CronFieldName.DAY_OF_WEEK).getExpression() instanceof Always);
    }

    boolean everyHour() {
        return hours.cardinality() == 24;
    }

    /** The first match later than the given time; empty when there is none within some years. */
    Optional<LocalDateTime> after(LocalDateTime time) {
        LocalDateTime from = time.withNano(0).plusSeconds(1);
        LocalDate day = from.toLocalDate();
        LocalTime earliest = from.toLocalTime();
        LocalDate end = day.plusYears(YEARS);
        while (day.isBefore(end)) {
            if (!months.get(day.getMonthValue())) {
                day = day.withDayOfMonth(1).plusMonths(1);
                earliest = LocalTime.MIDNIGHT;
                continue;
            }
            LocalTime found = matches(day) ? atOrAfter(earliest) : null;
            if (found != null) {
                return Optional.of(day.atTime(found));
            }
            day = day.plusDays(1);
            earliest = LocalTime.MIDNIGHT;
        }
        return Optional.empty();
    }

    private boolean matches(LocalDate day) {
        boolean byDay = days.get(day.getDayOfMonth());
        boolean byWeekday = weekdays.get(day.getDayOfWeek().getValue() % 7);
        return anyDay || anyWeekday ? byDay && byWeekday : byDay || byWeekday;
    }

    private @Nullable LocalTime atOrAfter(LocalTime earliest) {
        for (int hour = hours.nextSetBit(earliest.getHour()); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
            boolean sameHour = hour == earliest.getHour();
            int minute = minutes.nextSetBit(sameHour ? earliest.getMinute() : 0);
            for (; minute >= 0; minute = minutes.nextSetBit(minute + 1)) {
                boolean sameMinute = sameHour && minute == earliest.getMinute();
                int second = seconds.nextSetBit(sameMinute ? earliest.getSecond() : 0);
                if (second >= 0) {
                    return LocalTime.of(hour, minute, second);
                }
            }
        }
        return null;
    }

    private static BitSet set(Cron cron, CronFieldName name, int lowest, int highest) {
        BitSet set = new BitSet(highest + 1);
        add(set, cron.retrieve(name).getExpression(), lowest, highest);
        return set;
    }

    private static void add(BitSet set, FieldExpression expression, int lowest, int highest) {
        switch (expression) {
            case Always always -> set.set(lowest, highest + 1);
            case And and -> and.getExpressions().forEach(part -> add(set, part, lowest, highest));
            case On on -> set.set(on.getTime().getValue());
            case Between between ->
                step(
                        set,
                        number(between.getFrom().getValue()),
                        number(between.getTo().getValue()),
                        1);
            case Every every -> {
                int period = every.getPeriod().getValue();
                switch (every.getExpression()) {
                    case On on -> step(set, on.getTime().getValue(), highest, period);
                    case Between between ->
                        step(
                                set,
                                number(between.getFrom().getValue()),
                                number(between.getTo().getValue()),
                                period);
                    default -> step(set, lowest, highest, period);
                }
            }
            default ->
                throw new IllegalArgumentException("holds something other than numbers, *, commas, ranges and steps");
        }
    }

    private static void step(BitSet set, int from, int to, int period) {
        for (int value = from; value <= to; value += period) {
            set.set(value);
        }
    }

    private static int number(Object value) {
        if (value instanceof Integer number) {
            return number;
        }
        throw new IllegalArgumentException("holds something other than numbers in a range");
    }

    private static BitSet only(int value) {
        BitSet set = new BitSet();
        set.set(value);
        return set;
    }

    private static CronDefinition definition(boolean withSeconds) {
        CronDefinitionBuilder builder = CronDefinitionBuilder.defineCron();
        if (withSeconds) {
            builder = builder.withSeconds().withStrictRange().and();
        }
        return builder.withMinutes()
                .withStrictRange()
                .and()
                .withHours()
                .withStrictRange()
                .and()
                .withDayOfMonth()
                .withStrictRange()
                .and()
                .withMonth()
                .withStrictRange()
                .and()
                .withDayOfWeek()
                .withValidRange(0, 7)
                .withMondayDoWValue(1)
                .withIntMapping(7, 0)
                .withStrictRange()
                .and()
                .instance();
    }

    /** The same as fields of an expression, in which an empty list is {@code *}. */
    static String expression(ScheduleSpec.Calendar calendar) {
        return String.join(
                " ",
                field(calendar.minutes()),
                field(calendar.hours()),
                field(calendar.monthdays()),
                field(calendar.months()),
                field(calendar.weekdays()));
    }

    private static String field(List<Integer> values) {
        return values.isEmpty()
                ? "*"
                : String.join(",", values.stream().map(String::valueOf).toList());
    }
}
