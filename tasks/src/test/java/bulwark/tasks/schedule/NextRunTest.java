package bulwark.tasks.schedule;

import static bulwark.tasks.schedule.ScheduleJsonTest.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleSpec.Calendar;
import bulwark.tasks.schedule.ScheduleSpec.Clocked;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import bulwark.tasks.schedule.ScheduleSpec.Interval;
import bulwark.tasks.schedule.ScheduleSpec.Solar;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NextRunTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");

    @Test
    void an_interval_counts_from_its_start() {
        NextRun next = next(new Interval(Duration.ofMinutes(5), NOON.plusSeconds(7), null), null);
        assertThat(next.after(NOON)).contains(NOON.plusSeconds(7));
        assertThat(next.after(NOON.plusSeconds(7))).contains(NOON.plusSeconds(307));
        assertThat(next.after(NOON.minus(9, ChronoUnit.DAYS))).contains(NOON.plusSeconds(7));
    }

    @Test
    void an_interval_without_a_start_keeps_the_beat_of_its_last_nominal_time() {
        NextRun next = next(new Interval(Duration.ofMinutes(5), null, null), NOON);
        assertThat(next.after(NOON)).contains(NOON.plusSeconds(300));
        assertThat(next.after(NOON.plusSeconds(1000))).contains(NOON.plusSeconds(1200));
        assertThat(next.count(NOON, NOON.plusSeconds(1000))).isEqualTo(3);
    }

    @Test
    void an_interval_ends() {
        NextRun next = next(new Interval(Duration.ofMinutes(5), NOON, NOON.plusSeconds(600)), null);
        assertThat(next.after(NOON.plusSeconds(300))).contains(NOON.plusSeconds(600));
        assertThat(next.after(NOON.plusSeconds(600))).isEmpty();
        assertThat(next.count(NOON, NOON.plusSeconds(99_999))).isEqualTo(2);
    }

    @Test
    void a_clocked_schedule_fires_once_and_is_disabled_afterwards() {
        ScheduleEntry entry = entry(new Clocked(NOON), Run.NEVER);
        assertThat(NextRun.of(entry, NOON).after(NOON.minusSeconds(1))).contains(NOON);
        assertThat(NextRun.of(entry, NOON).after(NOON)).isEmpty();
        assertThat(NextRun.planned(entry, NOON.minusSeconds(5)).run().nextRunAt())
                .isEqualTo(NOON);
        ScheduleEntry late = NextRun.planned(entry, NOON.plusSeconds(5));
        assertThat(late.enabled()).isFalse();
        assertThat(late.run().nextRunAt()).isNull();
    }

    @Test
    void a_calendar_is_a_cron_expression_with_alternatives_of_days() {
        NextRun next = next(new Calendar(List.of(), List.of(5), List.of(13), List.of(0), List.of(0)), null);
        Instant time = Instant.parse("2026-01-09T00:00:00Z");
        time = next.after(time).orElseThrow();
        assertThat(time).isEqualTo(Instant.parse("2026-01-13T00:00:00Z"));
        assertThat(next.after(time)).contains(Instant.parse("2026-01-16T00:00:00Z"));
    }

    @Test
    void nothing_fires_at_or_after_the_expiry() {
        ScheduleEntry entry = expiring(new Cron("* * * * *", null), NOON.plusSeconds(120));
        assertThat(NextRun.of(entry, NOON).after(NOON)).contains(NOON.plusSeconds(60));
        assertThat(NextRun.of(entry, NOON).after(NOON.plusSeconds(60))).isEmpty();
        assertThat(NextRun.of(entry, NOON).count(NOON, NOON.plusSeconds(9999))).isEqualTo(1);
    }

    @Test
    void a_disabled_schedule_has_no_next_run() {
        ScheduleEntry entry = entry(new Cron("* * * * *", null), Run.NEVER).withRun(false, Run.NEVER);
        assertThat(NextRun.planned(entry, NOON).run().nextRunAt()).isNull();
    }

    @Test
    void the_time_zone_is_the_entrys_own() {
        ScheduleEntry entry = inZone(new Cron("0 3 * * *", null), "America/New_York");
        assertThat(NextRun.of(entry, NOON).after(NOON)).contains(Instant.parse("2026-01-03T08:00:00Z"));
    }

    @Test
    void what_cannot_be_computed_names_the_schedule_and_the_field() {
        assertThatThrownBy(() -> next(new Cron("61 * * * *", null), null))
                .isInstanceOf(ScheduleRefused.class)
                .hasMessageContaining("schedule \"nightly\": spec");
        assertThatThrownBy(() -> NextRun.of(inZone(new Cron("* * * * *", null), "Mars/North"), NOON))
                .isInstanceOf(ScheduleRefused.class)
                .hasMessageContaining("timezone");
    }

    @Test
    void the_sun_rises_and_sets_over_berlin_when_the_almanac_says() {
        assertNear(Solar.Event.SUNRISE, 52.52, 13.405, "2026-06-21T00:00:00Z", "2026-06-21T02:43:00Z");
        assertNear(Solar.Event.SUNSET, 52.52, 13.405, "2026-06-21T00:00:00Z", "2026-06-21T19:33:00Z");
        assertNear(Solar.Event.NOON, 52.52, 13.405, "2026-06-21T00:00:00Z", "2026-06-21T11:08:00Z");
        assertNear(Solar.Event.SUNRISE, -33.87, 151.21, "2026-01-01T00:00:00Z", "2026-01-01T18:48:00Z");
    }

    @Test
    void an_offset_shifts_the_event() {
        Duration early = Duration.ofMinutes(-30);
        Instant plain = next(new Solar(Solar.Event.SUNSET, 52.52, 13.405, Duration.ZERO), null)
                .after(NOON)
                .orElseThrow();
        assertThat(next(new Solar(Solar.Event.SUNSET, 52.52, 13.405, early), null)
                        .after(NOON))
                .contains(plain.plus(early));
    }

    @Test
    void polar_night_and_midnight_sun_are_skipped() {
        Solar tromso = new Solar(Solar.Event.SUNRISE, 69.65, 18.96, Duration.ZERO);
        Instant afterNight =
                next(tromso, null).after(Instant.parse("2026-12-01T00:00:00Z")).orElseThrow();
        assertThat(afterNight).isBetween(Instant.parse("2027-01-10T00:00:00Z"), Instant.parse("2027-01-20T00:00:00Z"));
        Instant afterSummer =
                next(tromso, null).after(Instant.parse("2026-06-01T00:00:00Z")).orElseThrow();
        assertThat(afterSummer).isBetween(Instant.parse("2026-07-20T00:00:00Z"), Instant.parse("2026-08-01T00:00:00Z"));
    }

    @Test
    void the_sun_has_one_time_a_day_wherever_the_search_starts() {
        Random random = new Random(11);
        for (int round = 0; round < 40; round++) {
            Solar solar = new Solar(
                    Solar.Event.values()[round % 3],
                    random.nextDouble() * 120 - 60,
                    random.nextDouble() * 360 - 180,
                    Duration.ofMinutes(random.nextInt(120) - 60));
            NextRun next = next(solar, null);
            Instant time = NOON.plusSeconds(random.nextInt(31_000_000));
            for (int day = 0; day < 10; day++) {
                Instant found = next.after(time).orElseThrow();
                assertThat(found).isAfter(time).isBefore(time.plusSeconds(26 * 3600));
                assertThat(next.after(found.minusSeconds(random.nextInt(3600) + 1)))
                        .contains(found);
                assertThat(next.after(found).orElseThrow()).isAfter(found.plusSeconds(22 * 3600));
                time = found;
            }
        }
    }

    @Test
    void counting_agrees_with_walking() {
        Random random = new Random(3);
        for (ScheduleSpec spec : List.of(
                new Interval(Duration.ofSeconds(17), NOON, null),
                new Interval(Duration.ofSeconds(17), NOON, NOON.plusSeconds(500)),
                new Cron("*/7 * * * *", null))) {
            NextRun next = next(spec, null);
            Instant first = next.after(NOON).orElseThrow();
            Instant until = first.plusSeconds(random.nextInt(5000));
            long walked = 0;
            for (var time = next.after(first); time.isPresent() && !time.get().isAfter(until); ) {
                walked++;
                time = next.after(time.get());
            }
            assertThat(next.count(first, until)).isEqualTo(walked);
        }
    }

    private static void assertNear(Solar.Event event, double latitude, double longitude, String from, String expected) {
        Instant found = next(new Solar(event, latitude, longitude, Duration.ZERO), null)
                .after(Instant.parse(from))
                .orElseThrow();
        assertThat(found).isCloseTo(Instant.parse(expected), within(3, ChronoUnit.MINUTES));
    }

    private static NextRun next(ScheduleSpec spec, @Nullable Instant stored) {
        Run run = new Run(null, stored, Duration.ZERO, null, 0, null, null, null, 0);
        return NextRun.of(entry(spec, Run.NEVER).withRun(true, run), NOON);
    }

    private static ScheduleEntry expiring(ScheduleSpec spec, Instant expireAt) {
        ScheduleEntry e = entry(spec, Run.NEVER);
        return new ScheduleEntry(
                e.id(),
                e.taskName(),
                e.queue(),
                spec,
                e.args(),
                e.kwargs(),
                e.meta(),
                true,
                e.jitter(),
                null,
                expireAt,
                Run.NEVER,
                0);
    }

    private static ScheduleEntry inZone(ScheduleSpec spec, String zone) {
        ScheduleEntry e = entry(spec, Run.NEVER);
        return new ScheduleEntry(
                e.id(),
                e.taskName(),
                e.queue(),
                spec,
                e.args(),
                e.kwargs(),
                e.meta(),
                true,
                e.jitter(),
                zone,
                null,
                Run.NEVER,
                0);
    }
}
