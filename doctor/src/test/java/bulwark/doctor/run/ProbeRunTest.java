package bulwark.doctor.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.doctor.client.ProbeClient;
import bulwark.doctor.memory.TargetMemory;
import bulwark.doctor.probe.Observed;
import bulwark.doctor.probe.Probe;
import bulwark.doctor.probe.ProbeDescription;
import bulwark.doctor.probe.ProbeNotApplicable;
import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Verdict;
import bulwark.doctor.probe.Visit;
import bulwark.doctor.report.ProbeResult;
import bulwark.doctor.report.Report;
import bulwark.doctor.target.Target;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProbeRunTest {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    @TempDir
    Path folder;

    /** What a probe does when it looks. */
    private interface Look {
        Observed at(Visit visit) throws Exception;
    }

    private record Scripted(String id, Duration deadline, Look look) implements Probe {
        @Override
        public ProbeDescription description() {
            return ProbeDescription.of(id, Severity.LOW, "Something holds.", "a document", "mend it")
                    .requires("V1.1.1")
                    .within(deadline);
        }

        @Override
        public Observed observe(Visit visit) throws Exception {
            return look.at(visit);
        }
    }

    private static Probe probe(String id, Look look) {
        return new Scripted(id, Duration.ofSeconds(20), look);
    }

    private Report run(Duration total, Probe... probes) throws IOException, InterruptedException {
        Target target = new Target("one", Optional.empty(), Map.of());
        try (TargetMemory memory = TargetMemory.open(folder, "one");
                ProbeClient client = new ProbeClient(target, "visit")) {
            Visit visit = new Visit(target, client, memory, Clock.systemUTC());
            ProbeRun run = new ProbeRun(visit, total, result -> {});
            List<ProbeResult> results = run.run(List.of(probes));
            return new Report("one", "visit", Instant.EPOCH, 1, 0, run.isComplete(), results);
        }
    }

    @Test
    void what_a_probe_throws_is_an_error_with_its_sentence() throws Exception {
        Report report = run(
                Duration.ofMinutes(1),
                probe("HOST-A-01", visit -> Observed.pass("a", "a")),
                probe("HOST-A-02", visit -> {
                    throw new IOException("the port is closed");
                }),
                probe("HOST-A-03", visit -> {
                    throw new ProbeNotApplicable("not running");
                }),
                probe("HOST-A-04", visit -> deep(0)));
        assertThat(report.probes())
                .extracting(ProbeResult::status)
                .containsExactly(Verdict.PASS, Verdict.ERROR, Verdict.SKIP, Verdict.ERROR);
        assertThat(report.probes().get(1).seen()).isEqualTo("could not look: the port is closed");
        assertThat(report.probes().get(2).seen()).isEqualTo("not running");
        assertThat(report.exitCode()).isEqualTo(3);
    }

    private static Observed deep(int n) {
        return n < 0 ? Observed.pass("a", "a") : deep(n + 1);
    }

    @Test
    void a_probe_that_does_not_end_is_an_error_and_delays_nobody() throws Exception {
        Report report = run(
                Duration.ofMinutes(1),
                new Scripted("HOST-A-01", Duration.ofMillis(50), visit -> {
                    NEVER.await();
                    return Observed.pass("a", "a");
                }),
                probe("HOST-A-02", visit -> Observed.fail("one", "another")));
        assertThat(report.probes()).extracting(ProbeResult::status).containsExactly(Verdict.ERROR, Verdict.FAIL);
        assertThat(report.complete()).isTrue();
        assertThat(report.exitCode()).isEqualTo(1);
    }

    @Test
    void a_run_whose_time_is_over_has_a_result_for_each_probe_and_is_not_whole() throws Exception {
        Probe slow = probe("HOST-A-01", visit -> {
            NEVER.await();
            return Observed.pass("a", "a");
        });
        Report report = run(Duration.ofMillis(200), slow, probe("HOST-A-02", visit -> Observed.pass("a", "a")));
        assertThat(report.probes()).hasSize(2);
        assertThat(report.complete()).isFalse();
        assertThat(report.exitCode()).isEqualTo(3);
    }

    @Test
    void texts_of_a_target_reach_no_terminal_as_they_are() throws Exception {
        Report report =
                run(Duration.ofMinutes(1), probe("HOST-A-01", visit -> Observed.fail("a", "x\u001b[2J\u202ey\0")));
        assertThat(report.probes().getFirst().seen()).isEqualTo("x?[2J?y?");
    }

    @Test
    void words_that_fit_no_probe_are_all_named() {
        List<Probe> all = List.of(probe("HOST-A-01", visit -> Observed.pass("a", "a")));
        assertThatThrownBy(() -> new ProbeSelection(List.of("X"), List.of("Y"), List.of("nobody")).of(all))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContainingAll("--only X", "--skip Y", "--part nobody");
        assertThat(new ProbeSelection(List.of("HOST"), List.of("HOST-A"), List.of()).of(all))
                .isEmpty();
    }

    @Test
    void a_verdict_needs_both_sentences() {
        assertThatThrownBy(() -> Observed.pass("a", " ")).isInstanceOf(IllegalArgumentException.class);
    }
}
