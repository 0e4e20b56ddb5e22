package bulwark.tasks.beat;

import static bulwark.tasks.beat.BeatFixture.START;
import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.concurrent.EssentialThread;
import bulwark.kernel.metrics.Metrics;
import bulwark.tasks.broker.Broker;
import bulwark.tasks.broker.BrokerUnavailable;
import bulwark.tasks.envelope.Envelope;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.schedule.NextRun;
import bulwark.tasks.schedule.ScheduleEntry;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleJson;
import bulwark.tasks.schedule.ScheduleSpec.Clocked;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import bulwark.tasks.schedule.ScheduleSpec.Interval;
import bulwark.tasks.schedule.ScheduleStore.Fired;
import bulwark.tasks.signing.EnvelopeSigning.Verdict;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class BeatTest {
    private final BeatFixture fixture = new BeatFixture();

    @Test
    void a_due_schedule_is_sent_signed_in_the_original_format() {
        ScheduleEntry entry = ScheduleJson.ofJson(fixture.schedule("nightly", "every:1m")
                .args()
                .objectNode()
                .put("id", "report")
                .put("task", "reports.aggregate")
                .put("queue", "reporting")
                .put("spec", "0 0 * * *")
                .set("args", fixture.stored("nightly").args().objectNode().put("day", "yesterday")));
        fixture.schedules.put(NextRun.planned(withKwargs(entry), START));
        fixture.schedules.remove("nightly");

        assertThat(fixture.beat().tick()).isEqualTo(1);

        Envelope sent = fixture.received("reporting").getFirst();
        assertThat(sent.name()).isEqualTo("reports.aggregate");
        assertThat(sent.args()).hasToString("{\"day\":\"yesterday\"}");
        assertThat(sent.headers()).containsEntry("scheduled-from", "beat").containsEntry("schedule-id", "report");
        assertThat(sent.meta()).hasToString("{\"tenant\":\"acme\",\"kwargs\":{\"verbose\":true}}");
        assertThat(sent.priority()).isZero();
        assertThat(sent.maxRetries()).isZero();
        assertThat(sent.notBefore()).isNull();
        assertThat(BeatFixture.signing(BeatFixture.HMAC).verify(sent)).isInstanceOf(Verdict.Valid.class);
        assertThat(fixture.stores.results().get(sent.id()).orElseThrow().state())
                .isEqualTo(TaskState.QUEUED);
    }

    @Test
    void without_a_key_it_goes_out_unsigned() {
        fixture.schedule("a", "every:1m");
        fixture.clock.advance(Duration.ofMinutes(1));
        new Beat(fixture.schedules, fixture.broker, BeatFixture.signing(Map.of()), new Metrics(), fixture.clock).tick();
        assertThat(fixture.received("default").getFirst().headers()).doesNotContainKey(Envelope.SIGNATURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"every:1m", "* * * * *"})
    void a_beat_whose_clock_was_ahead_silences_no_schedule(String spec) {
        fixture.schedule("a", spec);
        fixture.clock.advance(Duration.ofHours(2));
        assertThat(fixture.beat().tick()).isEqualTo(1);
        assertThat(fixture.received("default")).hasSize(1);
        fixture.clock.advance(Duration.ofHours(-2));

        Beat right = fixture.beat();
        assertThat(right.tick()).isZero();
        // The first due time may be the one that was sent already, and is not sent twice.
        for (int minute = 0; minute < 2; minute++) {
            fixture.clock.advance(Duration.ofMinutes(1));
            assertThat(right.tick()).isEqualTo(1);
        }
        assertThat(fixture.received("default")).isNotEmpty();
    }

    @Test
    void the_run_is_noted_and_the_next_one_planned() {
        fixture.schedule("a", "every:1m");
        fixture.clock.advance(Duration.ofMillis(60_250));
        assertThat(fixture.beat().tick()).isEqualTo(1);
        assertThat(fixture.beat().tick()).isZero();

        Run run = fixture.stored("a").run();
        assertThat(run.lastRunAt()).isEqualTo(START.plusMillis(60_250));
        assertThat(run.nextRunAt()).isEqualTo(START.plusSeconds(120));
        assertThat(run.totalRunCount()).isEqualTo(1);
        assertThat(run.drift()).isEqualTo(Duration.ofMillis(250));
        assertThat(run.missed()).isZero();
        assertThat(fixture.schedules.history("a", 10)).singleElement().satisfies(fired -> {
            assertThat(fired.scheduledAt()).isEqualTo(START.plusSeconds(60));
            assertThat(fired.executedAt()).isEqualTo(START.plusMillis(60_250));
            assertThat(fired.success()).isTrue();
        });
        assertThat(fixture.counted("stem_scheduler_dispatch_success")).isEqualTo(1);
        assertThat(fixture.counted("stem_scheduler_lock_acquired")).isEqualTo(1);
    }

    @Test
    void after_an_outage_one_missed_run_is_sent_and_the_rest_counted() {
        fixture.schedule("a", "every:1m");
        fixture.schedule("b", "*/10 * * * *");
        fixture.clock.advance(Duration.ofHours(10).plusSeconds(30));
        assertThat(fixture.beat().tick()).isEqualTo(2);
        assertThat(fixture.received("default")).hasSize(2);
        assertThat(fixture.stored("a").run().missed()).isEqualTo(599);
        assertThat(fixture.stored("a").run().nextRunAt()).isEqualTo(START.plus(Duration.ofMinutes(601)));
        assertThat(fixture.stored("b").run().missed()).isEqualTo(60);
        assertThat(fixture.stored("b").run().nextRunAt()).isEqualTo(START.plus(Duration.ofMinutes(610)));
        assertThat(fixture.counted("stem_scheduler_missed")).isEqualTo(659);
        assertThat(fixture.metrics.scrape()).contains("stem_scheduler_overdue_entries 2.0");
    }

    @Test
    void a_one_shot_schedule_is_disabled_after_its_run() {
        fixture.schedule("a", new Clocked(START.plusSeconds(5)), Duration.ZERO);
        Beat beat = fixture.beat();
        assertThat(beat.tick()).isZero();
        fixture.clock.advance(Duration.ofSeconds(30));
        assertThat(beat.tick()).isEqualTo(1);
        assertThat(fixture.stored("a").enabled()).isFalse();
        assertThat(fixture.stored("a").run().nextRunAt()).isNull();
        fixture.clock.advance(Duration.ofDays(1));
        assertThat(beat.tick()).isZero();
    }

    @Test
    void a_schedule_that_ended_or_expires_before_its_next_run_is_disabled() {
        fixture.schedule("ends", new Interval(Duration.ofMinutes(1), null, START.plusSeconds(70)), Duration.ZERO);
        ScheduleEntry daily = fixture.schedule("expires", "* * * * *");
        fixture.schedules.put(new ScheduleEntry(
                daily.id(),
                daily.taskName(),
                daily.queue(),
                daily.spec(),
                daily.args(),
                daily.kwargs(),
                daily.meta(),
                true,
                daily.jitter(),
                null,
                START.plusSeconds(90),
                daily.run(),
                daily.version()));
        fixture.clock.advance(Duration.ofMinutes(1));
        assertThat(fixture.beat().tick()).isEqualTo(2);
        assertThat(fixture.schedules.list()).noneMatch(ScheduleEntry::enabled);
    }

    @Test
    void jitter_delays_one_start_and_no_other_schedule() {
        for (int i = 0; i < 20; i++) {
            fixture.schedule("j" + i, new Cron("* * * * *", null), Duration.ofSeconds(50));
        }
        fixture.schedule("punctual", "* * * * *");
        assertThat(fixture.beat().tick()).isEqualTo(21);
        List<Envelope> atOnce = fixture.received("default");
        assertThat(atOnce).hasSizeBetween(1, 5);
        fixture.clock.advance(Duration.ofSeconds(50));
        List<Envelope> later = fixture.received("default");
        assertThat(later.size() + atOnce.size()).isEqualTo(21);
        assertThat(later)
                .allSatisfy(envelope -> assertThat(envelope.notBefore()).isBetween(START, START.plusSeconds(50)));
        assertThat(later.stream().map(Envelope::notBefore).distinct().count()).isGreaterThan(10);
        assertThat(fixture.stored("j1").run().lastJitter()).isBetween(Duration.ZERO, Duration.ofSeconds(50));
    }

    @Test
    void disabled_schedules_do_not_starve_others() {
        for (int i = 0; i < 150; i++) {
            ScheduleEntry entry = fixture.schedule("off" + i, "every:1s");
            fixture.schedules.put(entry.withRun(false, entry.run()));
        }
        fixture.clock.advance(Duration.ofSeconds(2));
        fixture.schedule("live", "every:1s");
        fixture.clock.advance(Duration.ofSeconds(2));
        assertThat(fixture.beat().tick()).isEqualTo(1);
        assertThat(fixture.stored("live").run().totalRunCount()).isEqualTo(1);
    }

    @Test
    void schedules_that_cannot_be_computed_are_kept_and_do_not_starve_others() {
        for (int i = 0; i < 250; i++) {
            ScheduleEntry entry = fixture.schedule("bad" + i, "every:1s");
            fixture.schedules.put(new ScheduleEntry(
                    entry.id(),
                    entry.taskName(),
                    entry.queue(),
                    new Cron("not cron at all", null),
                    entry.args(),
                    entry.kwargs(),
                    entry.meta(),
                    true,
                    entry.jitter(),
                    null,
                    null,
                    entry.run(),
                    entry.version()));
        }
        fixture.clock.advance(Duration.ofSeconds(2));
        fixture.schedule("live", "every:1s");
        fixture.clock.advance(Duration.ofSeconds(2));
        assertThat(fixture.beat().tick()).isEqualTo(1);
        assertThat(fixture.received("default")).hasSize(1);
        assertThat(fixture.stored("bad7").run().lastError()).contains("spec has 4 fields");
        assertThat(fixture.stored("bad7").enabled()).isTrue();
        assertThat(fixture.counted("stem_scheduler_dispatch_failed")).isEqualTo(250);
    }

    @Test
    void a_run_stays_due_while_the_broker_is_unavailable_and_is_sent_once() {
        fixture.schedule("a", "every:1m");
        AtomicBoolean away = new AtomicBoolean(true);
        Beat beat = fixture.beat(fixture.schedules, awayWhile(away));
        fixture.clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 5; i++) {
            assertThat(beat.tick()).isZero();
            fixture.clock.advance(Duration.ofMillis(300));
        }
        Run failed = fixture.stored("a").run();
        assertThat(failed.lastError()).isEqualTo("the broker does not answer");
        assertThat(failed.nextRunAt()).isEqualTo(START.plusSeconds(60));
        // The same error again is not worth a line of history for each second of an outage.
        assertThat(fixture.schedules.history("a", 10))
                .extracting(Fired::success)
                .containsExactly(false);
        assertThat(fixture.counted("stem_scheduler_dispatch_failed")).isEqualTo(2);

        away.set(false);
        fixture.clock.advance(Duration.ofSeconds(5));
        assertThat(beat.tick()).isEqualTo(1);
        assertThat(fixture.received("default")).hasSize(1);
        assertThat(fixture.stored("a").run().lastError()).isNull();
        assertThat(fixture.stored("a").run().lastErrorAt()).isNotNull();
    }

    @Test
    void a_schedule_that_overflows_the_stack_does_not_hold_up_the_others() {
        fixture.schedule("a", "every:1m");
        fixture.schedule("b", "every:1m");
        AtomicReference<Error> error = new AtomicReference<>(new StackOverflowError());
        Beat beat = fixture.beat(fixture.schedules, throwingOnce(error));
        fixture.clock.advance(Duration.ofMinutes(1));

        assertThat(beat.tick()).isEqualTo(1);

        assertThat(fixture.received("default")).hasSize(1);
        assertThat(fixture.counted("stem_scheduler_dispatch_failed")).isEqualTo(1);
        fixture.clock.advance(Duration.ofSeconds(2));
        assertThat(beat.tick()).isEqualTo(1);
    }

    @Test
    void an_error_in_a_started_beat_is_survived_and_reported() {
        fixture.schedule("a", "every:1s");
        AtomicReference<Error> error = new AtomicReference<>(new LinkageError("injected"));
        try (Beat beat = fixture.beat(fixture.schedules, throwingOnce(error))) {
            fixture.clock.advance(Duration.ofSeconds(1));
            beat.start();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> fixture.stored("a").run().totalRunCount() == 1);
            assertThat(error).hasValue(null);
            assertThat(EssentialThread.problems()).anyMatch(problem -> problem.contains("The thread beat failed"));
        }
    }

    private Broker throwingOnce(AtomicReference<Error> error) {
        return (Broker) Proxy.newProxyInstance(
                Broker.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, arguments) -> {
                    Error thrown = error.getAndSet(null);
                    if (thrown != null) {
                        throw thrown;
                    }
                    try {
                        return method.invoke(fixture.broker, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void a_started_beat_follows_the_clock_until_it_is_closed() {
        fixture.schedule("a", "every:1s");
        Beat beat = fixture.beat();
        beat.start();
        for (int i = 1; i <= 3; i++) {
            int second = i;
            fixture.clock.set(START.plusSeconds(second));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> fixture.stored("a").run().totalRunCount() == second);
        }
        assertThat(beat.lastTick()).isEqualTo(START.plusSeconds(3));
        beat.close();
        fixture.clock.advance(Duration.ofMinutes(1));
        assertThat(fixture.received("default")).hasSize(3);
    }

    @Test
    void a_started_beat_survives_a_store_that_fails() {
        fixture.schedule("a", "every:1s");
        AtomicBoolean away = new AtomicBoolean(true);
        FailingSchedules store = new FailingSchedules(fixture.schedules, away);
        try (Beat beat = fixture.beat(store, fixture.broker)) {
            beat.start();
            fixture.clock.advance(Duration.ofSeconds(1));
            Awaitility.await().until(() -> fixture.counted("stem_scheduler_store_failed") >= 2);
            assertThat(beat.lastTick()).isNull();
            away.set(false);
            Awaitility.await().until(() -> fixture.stored("a").run().totalRunCount() == 1);
        }
    }

    @Test
    void ids_of_tasks_follow_from_schedule_and_time() {
        ScheduleEntry entry = fixture.schedule("a", "every:1m");
        Instant nominal = Instant.parse("2026-01-02T03:04:05.678Z");
        String id = new ScheduledFire(entry, nominal).taskId();
        assertThat(id).matches("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
        assertThat(Long.parseLong(id.replace("-", "").substring(0, 12), 16)).isEqualTo(nominal.toEpochMilli());
        assertThat(new ScheduledFire(entry, nominal).taskId()).isEqualTo(id);
        assertThat(new ScheduledFire(entry, nominal.plusMillis(1)).taskId()).isNotEqualTo(id);
        assertThat(new ScheduledFire(fixture.schedule("b", "every:1m"), nominal).taskId())
                .isNotEqualTo(id);
    }

    private static ScheduleEntry withKwargs(ScheduleEntry entry) {
        return new ScheduleEntry(
                entry.id(),
                entry.taskName(),
                entry.queue(),
                entry.spec(),
                entry.args(),
                entry.args().objectNode().put("verbose", true),
                entry.args().objectNode().put("tenant", "acme"),
                true,
                entry.jitter(),
                null,
                null,
                entry.run(),
                0);
    }

    private Broker awayWhile(AtomicBoolean away) {
        return (Broker) Proxy.newProxyInstance(
                Broker.class.getClassLoader(), new Class<?>[] {Broker.class}, (proxy, method, arguments) -> {
                    if (away.get()) {
                        throw new BrokerUnavailable("the broker does not answer", null);
                    }
                    try {
                        return method.invoke(fixture.broker, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
