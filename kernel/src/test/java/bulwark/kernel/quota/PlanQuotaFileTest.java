package bulwark.kernel.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.error.OperatorError;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.quota.QuotaDecision.Admitted;
import bulwark.kernel.time.SettableClock;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanQuotaFileTest {
    private static final QuotaPlan PLAN = QuotaPlan.basic("day", 0, 3);

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-27T18:00:00Z"));

    @TempDir
    Path folder;

    @Test
    void counts_survive_a_restart() throws Exception {
        Path file = folder.resolve("quotas");
        PlanQuotas before = new PlanQuotas(100, clock);
        try (PlanQuotaFile saved = PlanQuotaFile.restore(before, file, Duration.ofHours(1))) {
            before.reserve("fed:ünïcode \"quoted\"\n", PLAN);
            before.reserve("fed:ünïcode \"quoted\"\n", PLAN);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        PlanQuotas after = new PlanQuotas(100, clock);
        try (PlanQuotaFile saved = PlanQuotaFile.restore(after, file, Duration.ofHours(1))) {
            assertThat(after.reserve("fed:ünïcode \"quoted\"\n", PLAN)).isInstanceOf(Admitted.class);
            assertThat(after.reserve("fed:ünïcode \"quoted\"\n", PLAN)).isInstanceOf(QuotaDecision.Exhausted.class);
        }
        clock.advance(Duration.ofDays(1));
        PlanQuotas nextDay = new PlanQuotas(100, clock);
        try (PlanQuotaFile saved = PlanQuotaFile.restore(nextDay, file, Duration.ofHours(1))) {
            assertThat(nextDay.reserve("fed:ünïcode \"quoted\"\n", PLAN)).isInstanceOf(Admitted.class);
        }
    }

    @Test
    void a_kill_between_two_saves_forgets_only_what_came_after_the_first() throws Exception {
        Path file = folder.resolve("quotas");
        PlanQuotas before = new PlanQuotas(100, clock);
        PlanQuotaFile killed = PlanQuotaFile.restore(before, file, Duration.ofHours(1));
        before.reserve("a", PLAN);
        before.reserve("a", PLAN);
        killed.save();
        before.reserve("a", PLAN);
        PlanQuotas after = new PlanQuotas(100, clock);
        try (PlanQuotaFile saved = PlanQuotaFile.restore(after, file, Duration.ofHours(1))) {
            assertThat(after.usage("a").orElseThrow().dayCount()).isEqualTo(2);
        }
        killed.close();
    }

    @Test
    void a_damaged_file_refuses_the_start_with_a_remedy() throws Exception {
        Path file = folder.resolve("quotas");
        PlanQuotas quotas = new PlanQuotas(100, clock);
        quotas.reserve("a", PLAN);
        PlanQuotaFile.restore(quotas, file, Duration.ofHours(1)).close();
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at++) {
            byte[] edited = good.clone();
            edited[at] ^= 1;
            Files.write(file, edited);
            assertThatThrownBy(() -> PlanQuotaFile.restore(new PlanQuotas(100, clock), file, Duration.ofHours(1)))
                    .as("byte " + at)
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("delete it");
        }
    }

    @FuzzTest(maxDuration = "1m")
    void hostile_bytes_are_counts_or_are_refused(byte[] bytes) {
        try {
            assertThat(PlanQuotaFile.parse(bytes)).allMatch(each -> each.usage().dayCount() >= 0);
        } catch (StrictJson.JsonRefused | IllegalArgumentException refused) {
            assertThat(refused).hasMessageNotContaining("Exception");
        }
    }
}
