package bulwark.app.seatmanager;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.kernel.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(120)
class SeatManagerCommandTest {
    @TempDir
    Path folder;

    @Test
    void config_check_ends_with_2_names_every_fault_and_shows_no_value() {
        String published = "0x" + "ab".repeat(32);
        CommandResult result = run(
                Map.of("SESSION_HMAC_SECRET", published, "SEAT_MANAGER_KMS_KEY_ID", "alias/treasury"),
                "config",
                "check",
                "--json");

        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).doesNotContain(published).doesNotContain("alias/treasury\"");
        JsonNode report = StrictJson.parse(result.out().strip().getBytes(StandardCharsets.UTF_8));
        assertThat(report.get("ok").booleanValue()).isFalse();
        assertThat(report.get("problems").toString())
                .contains("SESSION_HMAC_SECRET", "STEP_UP_HMAC_SECRET", "DATABASE_URL", "SEAT_MANAGER_KMS_KEY_ID");
    }

    @Test
    void a_newcomer_goes_from_nothing_to_a_current_store() throws Exception {
        assertThat(run(Map.of(), "secrets", "generate").code()).isZero();
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=sqlite:seats.db\n", StandardOpenOption.APPEND);
        assertThat(run(Map.of(), "config", "check").code()).isZero();
        assertThat(run(Map.of(), "config", "print").out()).contains("DATABASE_URL", "[secret]");
        assertThat(run(Map.of(), "secrets", "check").code()).isZero();

        assertThat(run(Map.of(), "migrate", "status").code()).isEqualTo(3);
        assertThat(run(Map.of(), "migrate", "deploy").code()).isZero();
        assertThat(run(Map.of(), "migrate", "status").code()).isZero();
        assertThat(run(Map.of(), "migrate", "verify").code()).isZero();
        assertThat(run(Map.of(), "fsck").out()).contains("clean");

        assertThat(run(Map.of(), "secrets", "generate").code()).isEqualTo(1);
        assertThat(run(Map.of(), "secrets", "rotate", "everything").code()).isEqualTo(2);
        assertThat(run(Map.of(), "secrets", "rotate", "step-up").code()).isZero();
    }

    private CommandResult run(Map<String, String> environment, String... arguments) {
        return CommandResult.of(
                folder,
                environment,
                "",
                Stream.concat(Stream.of("seat-manager"), Stream.of(arguments)).toArray(String[]::new));
    }
}
