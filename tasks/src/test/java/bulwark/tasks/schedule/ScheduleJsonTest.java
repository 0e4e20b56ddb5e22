package bulwark.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.json.StrictJson;
import bulwark.tasks.schedule.ScheduleEntry.Run;
import bulwark.tasks.schedule.ScheduleSpec.Calendar;
import bulwark.tasks.schedule.ScheduleSpec.Clocked;
import bulwark.tasks.schedule.ScheduleSpec.Cron;
import bulwark.tasks.schedule.ScheduleSpec.Interval;
import bulwark.tasks.schedule.ScheduleSpec.Solar;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ScheduleJsonTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

    @Test
    void members_stand_in_the_order_of_the_original() {
        assertThat(ScheduleJson.json(full()).propertyNames())
                .containsExactly(
                        "id",
                        "taskName",
                        "queue",
                        "spec",
                        "args",
                        "kwargs",
                        "enabled",
                        "jitterMs",
                        "lastRunAt",
                        "nextRunAt",
                        "lastJitterMs",
                        "lastError",
                        "timezone",
                        "totalRunCount",
                        "lastSuccessAt",
                        "lastErrorAt",
                        "driftMs",
                        "expireAt",
                        "version",
                        "meta",
                        "missed");
    }

    @Test
    void what_was_never_run_shows_nulls_and_neither_empty_kwargs_nor_missed_runs() {
        ScheduleEntry entry = entry(new Cron("0 3 * * *", null), Run.NEVER);
        assertThat(StrictJson.text(ScheduleJson.json(entry)))
                .isEqualTo("{\"id\":\"nightly\",\"taskName\":\"reports.aggregate\",\"queue\":\"reporting\","
                        + "\"spec\":{\"kind\":\"cron\",\"expression\":\"0 3 * * *\"},\"args\":{},\"enabled\":true,"
                        + "\"jitterMs\":null,\"lastRunAt\":null,\"nextRunAt\":null,\"lastJitterMs\":null,"
                        + "\"lastError\":null,\"timezone\":null,\"totalRunCount\":0,\"lastSuccessAt\":null,"
                        + "\"lastErrorAt\":null,\"driftMs\":null,\"expireAt\":null,\"version\":0,\"meta\":{}}");
    }

    @Test
    void what_is_written_is_read_again_as_an_object_and_as_fields_of_a_hash() {
        for (ScheduleSpec spec : specs()) {
            ScheduleEntry entry = entry(spec, full().run());
            assertThat(ScheduleJson.ofJson(ScheduleJson.json(entry))).isEqualTo(entry);
            assertThat(ScheduleHash.parse("nightly", ScheduleHash.of(entry))).isEqualTo(entry);
            assertThat(ScheduleJson.ofSpec(ScheduleJson.specText(spec))).isEqualTo(spec);
        }
    }

    @Test
    void an_empty_field_of_a_hash_is_null() {
        Map<String, String> fields = ScheduleHash.of(entry(new Interval(Duration.ofMinutes(1), null, null), Run.NEVER));
        assertThat(fields)
                .containsEntry("lastRunAt", "")
                .containsEntry("jitterMs", "")
                .containsEntry("enabled", "true");
        assertThat(fields)
                .containsEntry("spec", "{\"kind\":\"interval\",\"everyMs\":60000}")
                .containsEntry("kwargs", "{}");
        assertThat(ScheduleHash.parse("nightly", fields).run()).isEqualTo(Run.NEVER);
    }

    @Test
    void every_other_name_of_a_member_is_read() {
        ObjectNode json = object("""
                {"name":"n","task":"t","schedule":{"kind":"interval","every":"5m","start_at":"2026-01-02"},"jitter":"10s"}""");
        ScheduleEntry entry = ScheduleJson.ofJson(json);
        assertThat(entry.id()).isEqualTo("n");
        assertThat(entry.taskName()).isEqualTo("t");
        assertThat(entry.queue()).isEqualTo("default");
        assertThat(entry.enabled()).isTrue();
        assertThat(entry.jitter()).isEqualTo(Duration.ofSeconds(10));
        assertThat(entry.spec())
                .isEqualTo(new Interval(Duration.ofMinutes(5), Instant.parse("2026-01-02T00:00:00Z"), null));
    }

    @Test
    void texts_are_intervals_or_cron_expressions() {
        assertThat(ScheduleJson.ofSpec("every:5m")).isEqualTo(new Interval(Duration.ofMinutes(5), null, null));
        assertThat(ScheduleJson.ofSpec("every:90")).isEqualTo(new Interval(Duration.ofSeconds(90), null, null));
        assertThat(ScheduleJson.ofSpec("every:1500ms")).isEqualTo(new Interval(Duration.ofMillis(1500), null, null));
        assertThat(ScheduleJson.ofSpec("every:2d")).isEqualTo(new Interval(Duration.ofDays(2), null, null));
        assertThat(ScheduleJson.ofSpec("*/5 * * * *")).isEqualTo(new Cron("*/5 * * * *", null));
        assertThat(ScheduleJson.ofSpec("{\"kind\":\"interval\",\"every_ms\":2000}"))
                .isEqualTo(new Interval(Duration.ofSeconds(2), null, null));
    }

    @Test
    void seconds_of_a_cron_expression_stand_apart_so_that_the_original_reads_the_rest() {
        Cron cron = new Cron("30 0 3 * * *", "at night");
        assertThat(ScheduleJson.specText(cron))
                .isEqualTo(
                        "{\"kind\":\"cron\",\"expression\":\"0 3 * * *\",\"description\":\"at night\",\"secondField\":\"30\"}");
        assertThat(ScheduleJson.ofSpec(ScheduleJson.specText(cron))).isEqualTo(cron);
    }

    @Test
    void an_offset_of_the_sun_is_kept_under_either_name() {
        Solar solar = new Solar(Solar.Event.SUNSET, 52, 13.5, Duration.ofMinutes(-15));
        assertThat(ScheduleJson.ofSpec(ScheduleJson.specText(solar))).isEqualTo(solar);
        assertThat(
                        ScheduleJson.ofSpec(
                                "{\"kind\":\"solar\",\"event\":\"sunset\",\"latitude\":52,\"longitude\":13.5,\"offset\":-900000}"))
                .isEqualTo(solar);
    }

    @Test
    void a_clocked_one_always_runs_once() {
        assertThat(ScheduleJson.ofSpec(
                        "{\"kind\":\"clocked\",\"run_at\":\"2026-01-02T03:04:05.678Z\",\"runOnce\":false}"))
                .isEqualTo(new Clocked(TIME));
    }

    @Test
    void every_fault_is_named_at_once() {
        ObjectNode json = object("""
                {"id":"n","spec":{"kind":"interval","everyMs":-1},"queue":7,"enabled":"yes","args":[],"timezone":"Mars/North",
                 "jitterMs":-5,"expireAt":"soon","totalRunCount":-1}""");
        assertThatThrownBy(() -> ScheduleJson.ofJson(json))
                .isInstanceOfSatisfying(
                        ScheduleRefused.class,
                        refused -> assertThat(refused.sentences())
                                .allMatch(fault -> fault.startsWith("schedule \"n\": "))
                                .extracting(fault -> fault.split(" ")[2])
                                .containsExactlyInAnyOrder(
                                        "taskName",
                                        "queue",
                                        "everyMs",
                                        "args",
                                        "enabled",
                                        "jitterMs",
                                        "timezone",
                                        "expireAt",
                                        "totalRunCount"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "every:",
                "every:0",
                "every:5 weeks",
                "every:9999999999999d",
                "{",
                "{}",
                "\"\"",
                "{\"kind\":\"weekly\"}",
                "{\"kind\":\"cron\"}",
                "{\"kind\":\"clocked\"}",
                "{\"kind\":\"clocked\",\"runAt\":\"999999-01-01T00:00:00Z\"}",
                "{\"kind\":\"calendar\",\"hours\":[24]}",
                "{\"kind\":\"calendar\",\"weekdays\":3}",
                "{\"kind\":\"calendar\",\"minutes\":[\"x\"]}",
                "{\"kind\":\"solar\",\"event\":\"dusk\",\"latitude\":0,\"longitude\":0}",
                "{\"kind\":\"solar\",\"event\":\"noon\",\"latitude\":91,\"longitude\":0}",
                "{\"kind\":\"solar\",\"event\":\"noon\",\"latitude\":0}",
                "{\"kind\":\"interval\",\"everyMs\":1.5}",
                "{\"kind\":\"interval\",\"everyMs\":1e300}",
                "{\"kind\":\"interval\",\"everyMs\":60000,\"startAt\":5}"
            })
    void what_is_no_specification_is_refused(String text) {
        assertThatThrownBy(() -> ScheduleJson.ofSpec(text)).isInstanceOf(ScheduleRefused.class);
    }

    @Test
    void a_hash_with_rubbish_is_refused_by_field() {
        Map<String, String> fields = new LinkedHashMap<>(ScheduleHash.of(full()));
        fields.put("args", "{");
        fields.put("version", "one");
        assertThatThrownBy(() -> ScheduleHash.parse("n", fields))
                .hasMessageContaining("args is not well-formed")
                .hasMessageContaining("version is not well-formed");
    }

    static List<ScheduleSpec> specs() {
        return List.of(
                new Interval(Duration.ofMillis(1500), TIME, TIME.plusSeconds(60)),
                new Cron("0 3 * * 1-5", "at night"),
                new Cron("*/10 0 3 * * 1-5", null),
                new Solar(Solar.Event.SUNRISE, -33.5, 151.25, Duration.ofMinutes(30)),
                new Clocked(TIME.plusNanos(1000)),
                new Calendar(List.of(1, 12), List.of(0, 6), List.of(31), List.of(), List.of(0, 30)));
    }

    static ScheduleEntry full() {
        return entry(
                new Cron("0 3 * * *", null),
                new Run(
                        TIME,
                        TIME.plusSeconds(60),
                        Duration.ofMillis(17),
                        "the broker did not answer",
                        12,
                        TIME.minusSeconds(60),
                        TIME,
                        Duration.ofMillis(3),
                        2));
    }

    static ScheduleEntry entry(ScheduleSpec spec, Run run) {
        boolean ran = run != Run.NEVER;
        return new ScheduleEntry(
                "nightly",
                "reports.aggregate",
                "reporting",
                spec,
                JsonNodeFactory.instance.objectNode(),
                ran ? object("{\"a\":[1,2.0,null]}") : JsonNodeFactory.instance.objectNode(),
                JsonNodeFactory.instance.objectNode(),
                true,
                ran ? Duration.ofSeconds(30) : Duration.ZERO,
                ran ? "Europe/Berlin" : null,
                ran ? TIME.plusSeconds(3600) : null,
                run,
                ran ? 4 : 0);
    }

    private static ObjectNode object(String json) {
        JsonNode node = StrictJson.parse(json.getBytes(StandardCharsets.UTF_8));
        return (ObjectNode) node;
    }
}
