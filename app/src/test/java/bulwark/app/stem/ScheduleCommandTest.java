package bulwark.app.stem;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ScheduleCommandTest {
    private static final String DEFINITIONS = """
            schedules:
              - id: nightly
                task: reports.aggregate
                queue: reporting
                schedule: "0 3 * * *"
                timezone: Europe/Berlin
                jitter: 30s
              - id: a-schedule-with-a-long-name
                task: demo.echo
                schedule: every:1m
                args: {hello: world}
                kwargs: {deep: [1, 2.5]}
            """;

    @TempDir
    Path folder;

    @Test
    void an_empty_store_says_so() {
        assertThat(stem("schedule", "list")).isEqualTo(new CommandResult(0, "No schedules found.\n", ""));
        assertThat(stem("observe", "schedules").out()).isEqualTo("No schedules found.\n");
    }

    @Test
    void applied_schedules_are_listed_with_the_titles_of_the_original() throws IOException {
        apply(DEFINITIONS);
        CommandResult listed = stem("schedule", "list");
        assertThat(listed.code()).as(listed.err()).isZero();
        assertThat(listed.out().lines())
                .hasSize(4)
                .satisfiesOnlyOnce(
                        line -> assertThat(line)
                                .isEqualTo(
                                        "ID        | Task           | Queue    | Spec             | Next Run                | Last Run                | Jitter  | Enabled"));
        assertThat(listed.out().lines())
                .anySatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "a-sched\\.\\.\\.\\| demo.echo       \\| default   \\| every 60s         "
                                                + "\\| 20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\\| -                       \\| -       \\| yes"));
        assertThat(listed.out().lines())
                .anySatisfy(line -> assertThat(line)
                        .matches("nightly   \\| reports\\.aggre\\.\\.\\.\\| reporting \\| 0 3 \\* \\* \\*         "
                                + "\\| 20\\S{22}\\| -                       \\| 30000ms \\| yes"));
    }

    @Test
    void a_schedule_is_shown_as_the_file_keeps_it() throws IOException {
        apply(DEFINITIONS);
        CommandResult shown = stem("schedule", "show", "nightly");
        assertThat(shown.out())
                .startsWith(
                        "{\n  \"id\": \"nightly\",\n  \"taskName\": \"reports.aggregate\",\n  \"queue\": \"reporting\",\n"
                                + "  \"spec\": {\n    \"kind\": \"cron\",\n    \"expression\": \"0 3 * * *\"\n  },\n  \"args\": {},\n"
                                + "  \"enabled\": true,\n  \"jitterMs\": 30000,\n  \"lastRunAt\": null,\n")
                .endsWith("  \"version\": 1,\n  \"meta\": {}\n}\n");
        assertThat(stem("schedule", "show", "--id", "unknown"))
                .isEqualTo(new CommandResult(64, "", "error: Schedule \"unknown\" not found.\n"));
        assertThat(stem("schedule", "show").code()).isEqualTo(64);
    }

    @Test
    void all_faults_are_reported_and_nothing_is_applied() throws IOException {
        Files.writeString(
                folder.resolve("bad.yaml"),
                DEFINITIONS + "  - {id: x, task: t, schedule: \"every:10ms\"}\n  - {id: y}\n");
        CommandResult ran = stem("schedule", "apply", "-f", "bad.yaml", "--yes");
        assertThat(ran.code()).isEqualTo(64);
        assertThat(ran.err())
                .contains("schedule \"x\": spec fires more often than once a second")
                .contains("schedule \"y\": taskName is missing")
                .contains("schedule \"y\": spec is missing");
        assertThat(stem("schedule", "list").out()).isEqualTo("No schedules found.\n");
    }

    @Test
    void apply_requires_a_file_and_confirmation_and_supports_dry_run() throws IOException {
        Files.writeString(folder.resolve("s.yaml"), DEFINITIONS);
        assertThat(stem("schedule", "apply").err()).contains("Missing --file pointing to schedule definitions.");
        assertThat(stem("schedule", "apply", "-f", "s.yaml").err())
                .contains("Apply requires --yes confirmation (or use --dry-run).");
        assertThat(stem("schedule", "apply", "-f", "absent.yaml", "-y").err()).contains("Definitions file not found: ");
        assertThat(stem("schedule", "apply", "-f", "s.yaml", "--dry-run"))
                .isEqualTo(new CommandResult(0, "Validated 2 schedule(s).\n", ""));
        assertThat(stem("schedule", "list").out()).isEqualTo("No schedules found.\n");
    }

    @Test
    void schedules_are_disabled_enabled_and_deleted() throws IOException {
        apply(DEFINITIONS);
        assertThat(stem("schedule", "disable", "--id", "nightly").out()).isEqualTo("Disabled schedule \"nightly\".\n");
        assertThat(stem("schedule", "list").out()).contains("| no\n");
        assertThat(stem("schedule", "enable", "nightly").out()).isEqualTo("Enabled schedule \"nightly\".\n");
        assertThat(stem("schedule", "enable", "unknown").code()).isEqualTo(64);
        assertThat(stem("schedule", "delete", "nightly").err()).contains("Deletion requires --yes confirmation.");
        assertThat(stem("schedule", "delete", "--id", "nightly", "--yes").out())
                .isEqualTo("Deleted schedule \"nightly\".\n");
        assertThat(stem("schedule", "delete", "nightly", "-y").code()).isZero();
        assertThat(stem("schedule", "list").out().lines()).hasSize(3);
    }

    @Test
    void a_dry_run_lists_the_next_fire_times() throws IOException {
        CommandResult ran = stem(
                "schedule",
                "dry-run",
                "--spec",
                "30 2 * * *",
                "--timezone",
                "Europe/Berlin",
                "--from",
                "2026-03-28T00:00:00Z",
                "--count",
                "3");
        assertThat(ran.out())
                .isEqualTo("2026-03-28T01:30:00.000Z\n2026-03-29T01:00:00.000Z\n2026-03-30T00:30:00.000Z\n");
        assertThat(stem("schedule", "dry-run", "--spec", "every:90", "--from", "2026-01-01T00:00:00Z")
                        .out()
                        .lines())
                .startsWith("2026-01-01T00:01:30.000Z", "2026-01-01T00:03:00.000Z")
                .hasSize(5);
        apply(DEFINITIONS);
        assertThat(stem("schedule", "dry-run", "nightly", "--from", "2026-07-01T00:00:00Z", "--count", "1")
                        .out())
                .isEqualTo("2026-07-01T01:00:00.000Z\n");
        assertThat(stem("schedule", "dry-run").code()).isEqualTo(64);
        assertThat(stem("schedule", "dry-run", "--spec", "61 * * * *").code()).isEqualTo(64);
        assertThat(stem("schedule", "dry-run", "--spec", "every:1m", "--from", "soon")
                        .code())
                .isEqualTo(64);
    }

    @Test
    void overdue_schedules_are_listed() throws IOException {
        apply(DEFINITIONS);
        String stored = Files.readString(folder.resolve("schedules.json"));
        Files.writeString(
                folder.resolve("late.json"),
                stored.replaceAll("\"nextRunAt\":\"[^\"]*\"", "\"nextRunAt\":\"2026-01-02T03:04:05.678Z\"")
                        .replace("\"driftMs\":null", "\"driftMs\":-250"));
        CommandResult observed = stem("observe", "schedules", "--file", "late.json");
        assertThat(observed.out().lines().toList()).satisfies(lines -> {
            assertThat(lines.get(0)).isEqualTo("Summary: due=2 overdue=2, maxDrift=250ms");
            assertThat(lines.get(1))
                    .isEqualTo(
                            "ID        | Task           | Queue     | Next Run                | Last Run                | Total | Drift   | Last Error");
            assertThat(lines.get(4)).endsWith("| -                       |     0 | -250ms  | -");
        });
        assertThat(stem("observe", "schedules").out()).startsWith("Summary: due=0 overdue=0\n");
    }

    @Test
    void a_beat_sends_what_is_due() throws IOException {
        // Not due again while this test runs, however slow the machine.
        apply(DEFINITIONS.replace("every:1m", "every:24h"));
        String stored = Files.readString(folder.resolve("schedules.json"));
        Files.writeString(
                folder.resolve("schedules.json"),
                stored.replaceAll("\"nextRunAt\":\"[^\"]*\"", "\"nextRunAt\":\"2026-01-02T03:04:05.678Z\""));
        CommandResult sent = stem("beat", "--once");
        assertThat(sent.out()).as(sent.err()).isEqualTo("Sent 2 task(s).\n");
        assertThat(stem("beat", "--once").out()).isEqualTo("Sent 0 task(s).\n");
        assertThat(stem("schedule", "show", "nightly").out())
                .contains("\"totalRunCount\": 1")
                .contains("\"missed\": ");
    }

    private void apply(String definitions) throws IOException {
        Files.writeString(folder.resolve("definitions.yaml"), definitions);
        assertThat(stem("schedule", "apply", "--file", "definitions.yaml", "--yes"))
                .isEqualTo(new CommandResult(0, "Applied 2 schedule(s).\n", ""));
    }

    private CommandResult stem(String... arguments) {
        Map<String, String> environment = new HashMap<>();
        environment.put("STEM_SCHEDULE_FILE", "schedules.json");
        environment.put("STEM_BROKER_URL", "memory:");
        return CommandResult.stem(folder, environment, arguments);
    }
}
