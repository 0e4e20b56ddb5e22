package bulwark.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.app.Main;
import bulwark.testkit.ProgramProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Visits without a person. */
@Timeout(600)
class WatchCommandTest {
    @TempDir
    Path folder;

    @Test
    void each_visit_says_what_changed_and_replaces_the_metrics() throws Exception {
        TargetFixture target = new TargetFixture(folder);
        Path metrics = Files.writeString(folder.resolve("doctor.prom"), "former text");
        CommandResult result = target.doctor(
                "watch",
                "--visits",
                "1",
                "--every",
                "30s",
                "--target",
                target.closed().toString(),
                "--metrics-file",
                "doctor.prom");
        assertThat(result.code()).as(result.err()).isEqualTo(3);
        assertThat(result.out()).contains(" could not be looked at", "new       nothing");
        assertThat(metrics)
                .content()
                .contains("bulwark_doctor_probe_unseen{target=\"closed\",probe=\"FACTS-TLS-01\"")
                .doesNotContain("former text");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(metrics)))
                .isEqualTo("rw-r--r--");
        assertThat(target.names()).noneMatch(name -> name.endsWith(".new"));
    }

    @Test
    void what_cannot_be_right_is_refused_before_the_first_visit() throws Exception {
        TargetFixture target = new TargetFixture(folder);
        String file = target.closed().toString();
        for (String every : List.of("5s", "2d", "soon")) {
            CommandResult result = target.doctor("watch", "--target", file, "--every", every);
            assertThat(result.code()).as(every).isEqualTo(2);
            assertThat(result.err()).contains("--every");
        }
        CommandResult result = target.doctor("watch", "--target", file, "--metrics-file", "none/x.prom");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--metrics-file", "is no folder");
    }

    @Test
    void a_signal_ends_it_between_two_visits_and_a_target_that_is_away_does_not() throws Exception {
        Path log = folder.resolve("log");
        try (ProgramProcess watch = ProgramProcess.start(
                folder,
                Map.of("HOME", folder.toString()),
                log,
                List.of(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "doctor",
                        "watch",
                        "--target",
                        "away.yaml"))) {
            watch.awaitLog("no visit: ");
            watch.signal("TERM");
            assertThat(watch.awaitEnd()).isEqualTo(143);
        }
        assertThat(log).content().contains("target init").doesNotContain("\tat ");
    }
}
