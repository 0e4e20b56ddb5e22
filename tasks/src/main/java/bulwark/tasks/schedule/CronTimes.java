package bulwark.tasks.schedule;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;

/**
 * A cron expression in a time zone, where clocks change. One that names hours fires once for each local time: when that time is skipped in spring, right
 * after the gap; when it comes twice in autumn, at the first. One that fires in every hour follows elapsed time: what is skipped never was, and both
 * passes of a repeated hour count, because a job "each 5 minutes" must neither pause for an hour nor run for times that did not exist.
 */
record CronTimes(CronFields fields, ZoneRules rules) implements FireTimes {
    static CronTimes of(String expression, ZoneId zone) {
        return new CronTimes(CronFields.parse(expression), zone.getRules());
    }

    @Override
    public Optional<Instant> after(Instant instant) {
        return fields.everyHour() ? elapsed(instant) : local(instant);
    }

    private Optional<Instant> local(Instant instant) {
        Optional<LocalDateTime> found = fields.after(LocalDateTime.ofInstant(instant, rules.getOffset(instant)));
        while (found.isPresent()) {
            Instant fires = once(found.get());
            if (fires.isAfter(instant)) {
                return Optional.of(fires);
            }
            // A second time in a repeated hour, or one of several that a gap moved to its end.
            found = fields.after(found.get());
        }
        return Optional.empty();
    }

    private Instant once(LocalDateTime time) {
        List<ZoneOffset> offsets = rules.getValidOffsets(time);
        return offsets.isEmpty() ? rules.getTransition(time).getInstant() : time.toInstant(offsets.getFirst());
    }

    /** Looks between two changes of the clock at a time. */
    private Optional<Instant> elapsed(Instant instant) {
        Instant from = instant;
        LocalDateTime local = LocalDateTime.ofInstant(instant, rules.getOffset(instant));
        while (true) {
            Optional<LocalDateTime> found = fields.after(local);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Instant fires = found.get().toInstant(rules.getOffset(from));
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (change == null || fires.isBefore(change.getInstant())) {
                return Optional.of(fires);
            }
            from = change.getInstant();
            local = change.getDateTimeAfter().minusSeconds(1);
        }
    }
}
