package bulwark.seats;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is allowed and weak stands among the alerts until it is mended. */
@Timeout(120)
class StandingAlertsTest {
    @TempDir
    Path folder;

    private List<String> alerts(Map<String, String> settings) throws Exception {
        try (SeatsUnderTest seats = SeatsUnderTest.start(folder, settings, SeatsUnderTest.CLOCK)) {
            SignedIn admin = SignedIn.open(seats, "root", SeatsUnderTest.PASSWORD);
            return SeatsUnderTest.json(admin.get("/v1/dashboard/alerts"))
                    .path("items")
                    .findValuesAsString("code");
        }
    }

    @Test
    void a_static_token_without_an_end_and_one_approval_in_production_are_alerts() throws Exception {
        SeatsUnderTest.deploy(folder);
        SeatsUnderTest.createAdmin(folder, "root", SeatsUnderTest.PASSWORD);
        assertThat(alerts(Map.of())).containsExactlyInAnyOrder("STATIC_TOKEN_WITHOUT_SUNSET", "ONE_APPROVAL");
        assertThat(alerts(
                        Map.of("SEAT_MANAGER_STATIC_ADMIN_TOKEN_SUNSET", "2031-01-01", "SEAT_MANAGER_APPROVALS", "2")))
                .isEmpty();
    }
}
