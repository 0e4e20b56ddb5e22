package bulwark.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.tasks.schedule.ScheduleEntry.Run;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in a store or a file is either understood, and then the same when written and read again, or refused. */
@Timeout(120)
class ScheduleFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-02T12:00:00Z");

    @FuzzTest(maxDuration = "10s")
    void any_text_is_parsed_or_refused(@Nullable String text) {
        if (text != null) {
            asSpecification(text);
            asDefinitions(text);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "every:5m",
                "*/5 * * * *",
                "{\"kind\":\"interval\",\"everyMs\":1}",
                "{\"kind\":\"clocked\",\"runAt\":\"9999-12-31T23:59:59.999999Z\"}",
                "{\"kind\":\"solar\",\"event\":\"sunrise\",\"latitude\":90,\"longitude\":180}",
                "{\"kind\":\"calendar\",\"months\":[2],\"monthdays\":[31]}",
                "{\"kind\":\"interval\",\"everyMs\":60000,\"startAt\":\"0001-01-01\",\"endAt\":\"9999-12-31\"}",
                "[{id: a, task: t, schedule: 'every:1s', expireAt: 2026-01-02}]"
            })
    void borders(String text) {
        asSpecification(text);
        asDefinitions(text);
    }

    @Test
    void mutated_schedules_are_parsed_or_refused() {
        Random random = new Random(20260102);
        List<String> seeds = List.of(
                "5,10-12/2 1 1-7 */3 mon",
                "*/20 0 0 1 * 5-7",
                "every:15m",
                ScheduleJson.specText(new ScheduleSpec.Clocked(NOW)),
                "{\"kind\":\"calendar\",\"months\":[2,3],\"weekdays\":[0,6],\"hours\":[7]}",
                "[{\"id\":\"a\",\"task\":\"t\",\"spec\":\"every:5\",\"jitter\":\"1s\",\"args\":{\"n\":1.0},\"timezone\":\"UTC\"}]",
                "- {id: a, task: t, schedule: '0 3 * * *', kwargs: {x: [1, 2]}, expireAt: 2027-01-01}");
        String letters = "0123456789*/,-:{}[]\"' \n&!aeLW#?@.+";
        for (int round = 0; round < 1_500; round++) {
            StringBuilder text = new StringBuilder(seeds.get(round % seeds.size()));
            for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
                text.setCharAt(random.nextInt(text.length()), letters.charAt(random.nextInt(letters.length())));
            }
            asSpecification(text.toString());
            asDefinitions(text.toString());
        }
    }

    private static void asSpecification(String text) {
        try {
            ScheduleSpec spec = ScheduleJson.ofSpec(text);
            assertThat(ScheduleJson.ofSpec(ScheduleJson.specText(spec))).isEqualTo(spec);
            ScheduleEntry entry = ScheduleJsonTest.entry(spec, Run.NEVER);
            NextRun.of(entry, NOW).after(NOW).ifPresent(time -> assertThat(time).isAfter(NOW));
        } catch (ScheduleRefused e) {
            assertThat(e.sentences()).isNotEmpty();
        }
    }

    private static void asDefinitions(String text) {
        try {
            for (ScheduleEntry entry : ScheduleFileParser.parse(text, NOW)) {
                assertThat(ScheduleJson.ofJson(ScheduleJson.json(entry))).isEqualTo(entry);
                assertThat(ScheduleHash.parse(entry.id(), ScheduleHash.of(entry)))
                        .isEqualTo(entry);
            }
        } catch (ScheduleRefused e) {
            assertThat(e.sentences()).isNotEmpty();
        }
    }
}
