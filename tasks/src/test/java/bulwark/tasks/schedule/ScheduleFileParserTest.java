package bulwark.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.tasks.schedule.ScheduleSpec.Cron;
import bulwark.tasks.schedule.ScheduleSpec.Interval;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ScheduleFileParserTest {
    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

    @Test
    void yaml_and_json_say_the_same() {
        String yaml = """
                schedules:
                  - id: nightly
                    task: reports.aggregate
                    queue: reporting
                    schedule: "0 3 * * *"
                    timezone: Europe/Berlin
                    args: {day: yesterday, depth: 2, share: 0.5}
                    kwargs: {verbose: true}
                    jitter: 30s
                  - name: ping
                    taskName: demo.echo
                    spec: {kind: interval, everyMs: 5000}
                    enabled: false
                """;
        String json = """
                [{"id":"nightly","task":"reports.aggregate","queue":"reporting","schedule":"0 3 * * *","timezone":"Europe/Berlin",
                  "args":{"day":"yesterday","depth":2,"share":0.5},"kwargs":{"verbose":true},"jitter":"30s"},
                 {"name":"ping","taskName":"demo.echo","spec":"every:5","enabled":false}]""";
        List<ScheduleEntry> entries = ScheduleFileParser.parse(yaml, NOW);
        assertThat(entries).isEqualTo(ScheduleFileParser.parse(json, NOW)).hasSize(2);
        assertThat(entries.getFirst().spec()).isEqualTo(new Cron("0 3 * * *", null));
        assertThat(entries.getFirst().jitter()).isEqualTo(Duration.ofSeconds(30));
        assertThat(entries.getFirst().args().get("depth").isInt()).isTrue();
        assertThat(entries.getLast().spec()).isEqualTo(new Interval(Duration.ofSeconds(5), null, null));
        assertThat(entries.getLast().enabled()).isFalse();
    }

    @Test
    void faults_name_every_schedule_and_field_at_once() {
        String yaml = """
                - {id: a, task: t, schedule: "61 * * * *"}
                - {id: b, task: t, schedule: "every:500ms"}
                - {id: c, task: t, schedule: "every:10s", jitter: 11s}
                - {id: d, schedule: "0 0 31 2 *", task: t}
                - {id: e, task: t, schedule: "every:10s", quue: x}
                - {id: a, task: t, schedule: "every:10s"}
                - {task: t, schedule: "every:10s"}
                - just a text
                - {id: "x:lock", task: t, schedule: "every:10s"}
                """;
        assertThatThrownBy(() -> ScheduleFileParser.parse(yaml, NOW))
                .isInstanceOfSatisfying(
                        ScheduleRefused.class,
                        refused -> assertThat(refused.sentences())
                                .satisfiesExactly(
                                        fault -> assertThat(fault).startsWith("schedule \"a\": spec "),
                                        fault -> assertThat(fault)
                                                .isEqualTo("schedule \"b\": spec fires more often than once a second"),
                                        fault -> assertThat(fault)
                                                .isEqualTo(
                                                        "schedule \"c\": jitterMs is longer than the 10000 ms between two runs"),
                                        fault -> assertThat(fault).isEqualTo("schedule \"d\": spec never fires"),
                                        fault -> assertThat(fault)
                                                .isEqualTo("schedule \"e\": quue is no member of a schedule"),
                                        fault -> assertThat(fault)
                                                .isEqualTo("schedule \"a\": id stands twice in the file"),
                                        fault -> assertThat(fault).isEqualTo("schedule no. 7: id is missing"),
                                        fault -> assertThat(fault).isEqualTo("schedule no. 8 must be an object"),
                                        fault -> assertThat(fault).isEqualTo("schedule no. 8: id is missing"),
                                        fault -> assertThat(fault).isEqualTo("schedule no. 8: taskName is missing"),
                                        fault -> assertThat(fault).isEqualTo("schedule no. 8: spec is missing"),
                                        fault -> assertThat(fault).startsWith("schedule \"x:lock\": id must be")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a text",
                "{}",
                "{\"schedules\":{}}",
                "[{\"id\":\"a\",\"id\":\"b\"}]",
                "- {id: a, id: b}",
                "- &a [*a]",
                "- !!binary aGVsbG8=",
                "- !!java.net.URL [http://example.com]",
                "- {1: a}",
                "- .nan",
                "- 123456789012345678901234567890",
                "- [",
                "\u0000"
            })
    void what_is_no_list_of_schedules_is_refused(String text) {
        assertThatThrownBy(() -> ScheduleFileParser.parse(text, NOW)).isInstanceOf(ScheduleRefused.class);
    }

    @Test
    void deep_large_and_multiplying_texts_are_refused() {
        assertThatThrownBy(() -> ScheduleFileParser.parse("[".repeat(200_000), NOW))
                .isInstanceOf(ScheduleRefused.class);
        assertThatThrownBy(() -> ScheduleFileParser.parse("- ".repeat(5_000) + "a", NOW))
                .isInstanceOf(ScheduleRefused.class);
        assertThatThrownBy(() -> ScheduleFileParser.parse(" ".repeat(ScheduleFileParser.MAX_BYTES + 1), NOW))
                .isInstanceOf(ScheduleRefused.class);
        String bomb = IntStream.range(0, 12)
                .mapToObj(i -> "- &a" + i + " [" + (i == 0 ? "x" : "*a" + (i - 1) + ", *a" + (i - 1)).repeat(1) + "]")
                .collect(Collectors.joining("\n"));
        assertThatThrownBy(() -> ScheduleFileParser.parse(bomb, NOW)).isInstanceOf(ScheduleRefused.class);
    }

    @Test
    void what_was_exported_is_read_again() {
        ScheduleEntry entry = ScheduleJsonTest.full();
        String exported = "[" + ScheduleJson.json(entry) + "]";
        assertThat(ScheduleFileParser.parse(exported, NOW)).containsExactly(entry);
    }
}
