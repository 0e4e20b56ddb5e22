package bulwark.doctor.waiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.doctor.probe.Severity;
import bulwark.doctor.probe.Verdict;
import bulwark.doctor.report.ProbeResult;
import bulwark.kernel.error.CommandFailed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaiverFileTest {
    private static final LocalDate TODAY = LocalDate.parse("2026-06-01");
    private static final String GOOD =
            "- {probe: HOST-FILES-01, target: one, reason: known, name: J. Doe, until: 2026-06-30}\n";

    @TempDir
    Path folder;

    private WaiverFile read(String text) throws IOException {
        Path file = folder.resolve("waivers.yaml");
        Files.writeString(file, text);
        return WaiverFile.read(file, Set.of("HOST-FILES-01"), TODAY);
    }

    private static ProbeResult result(Verdict status) {
        return new ProbeResult(
                "HOST-FILES-01", "t", status, Severity.LOW, "e", "s", "m", "d", List.of("V1.1.1"), 1, null);
    }

    @Test
    void a_waived_fail_is_shown_and_is_not_red() throws IOException {
        ProbeResult waived = read(GOOD).apply(result(Verdict.FAIL), "one", TODAY);
        assertThat(waived.status()).isEqualTo(Verdict.FAIL);
        assertThat(waived.isRed()).isFalse();
        assertThat(waived.waiver()).contains("J. Doe", "2026-06-30", "known");
        assertThat(read(GOOD)
                        .apply(result(Verdict.FAIL), "another target", TODAY)
                        .isRed())
                .isTrue();
        assertThat(read(GOOD).apply(result(Verdict.PASS), "one", TODAY).waiver())
                .isNull();
    }

    @Test
    void a_waiver_that_ended_is_a_fail_of_its_own() throws IOException {
        ProbeResult ended = read(GOOD).apply(result(Verdict.PASS), "one", LocalDate.parse("2026-07-01"));
        assertThat(ended.isRed()).isTrue();
        assertThat(ended.seen()).contains("the waiver of J. Doe ended on 2026-06-30");
    }

    @Test
    void all_faults_of_a_file_are_named_at_once() {
        assertThatThrownBy(() -> read("""
                        - {probe: HOST-NONE-01, target: one, reason: r, name: n, until: 2026-06-30}
                        - {probe: HOST-FILES-01, target: one, reason: r, name: n, until: 2026-12-31, more: x}
                        - {probe: HOST-FILES-01, target: one, until: soon}
                        """))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContainingAll(
                        "HOST-NONE-01",
                        "more than 90 days ahead",
                        "a member more",
                        "says no reason",
                        "says no name",
                        "'soon'");
        assertThatThrownBy(() -> read("probe: x")).hasMessageContaining("must be a list");
    }
}
