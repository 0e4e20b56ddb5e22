package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusalWindowTest {
    private static final Instant NOW = Instant.parse("2026-06-01T08:00:00Z");

    @Test
    void a_flood_leaves_a_hundred_rows_a_minute_and_its_count_in_the_next_one() {
        RefusalWindow window = new RefusalWindow();
        int rows = 0;
        for (int i = 0; i < 5_000; i++) {
            rows += window.take("POLICY_DENIED", NOW) < 0 ? 0 : 1;
        }
        assertThat(rows).isEqualTo(RefusalWindow.MAX_ROWS);
        assertThat(window.take("PLAN_EXPIRED", NOW))
                .as("another code has its own rows")
                .isZero();
        assertThat(window.take("POLICY_DENIED", NOW.plusSeconds(60))).isEqualTo(4_900);
        assertThat(window.take("POLICY_DENIED", NOW.plusSeconds(60))).isZero();
    }
}
