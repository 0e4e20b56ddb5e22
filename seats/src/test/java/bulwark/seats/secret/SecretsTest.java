package bulwark.seats.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.DotEnv;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.time.SettableClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SecretsTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-06-01T08:00:00Z"));

    @TempDir
    Path folder;

    @Test
    void generated_secrets_are_for_their_owner_alone_and_are_not_overwritten() throws IOException {
        file().generate();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(".env"))))
                .isEqualTo("rw-------");
        assertThat(check().problems()).isEmpty();
        assertThat(check().facts()).hasSize(4).noneMatch(fact -> fact.contains(values().get("SESSION_HMAC_SECRET")));
        assertThatThrownBy(() -> file().generate()).isInstanceOf(CommandFailed.class);
    }

    @Test
    void rotation_replaces_one_secret_and_no_other_line() throws IOException {
        file().generate("# kept", "SEAT_MANAGER_PORT=9000");
        Map<String, String> before = values();

        file().rotate("SESSION_HMAC_SECRET");

        assertThat(values().get("SESSION_HMAC_SECRET"))
                .isNotEqualTo(before.get("SESSION_HMAC_SECRET"))
                .hasSize(64);
        assertThat(values().get("STEP_UP_HMAC_SECRET")).isEqualTo(before.get("STEP_UP_HMAC_SECRET"));
        assertThat(Files.readString(folder.resolve(".env"))).contains("# kept", "SEAT_MANAGER_PORT=9000");
    }

    @Test
    void age_mode_and_publication_are_judged() throws IOException {
        file().generate();
        clock.advance(Duration.ofDays(91));
        assertThat(check().problems()).hasSize(2).allMatch(problem -> problem.contains("older than 90 days"));
        file().rotate("SESSION_HMAC_SECRET");
        assertThat(check().problems()).singleElement().asString().startsWith("STEP_UP_HMAC_SECRET");

        Files.setPosixFilePermissions(folder.resolve(".env"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(check().problems()).anyMatch(problem -> problem.contains("chmod 600"));
    }

    @Test
    void a_file_that_git_tracks_is_an_error() throws Exception {
        file().generate();
        git("init", "-q");
        assertThat(check().problems()).isEmpty();

        git("add", "-f", ".env");

        assertThat(check().problems()).singleElement().asString().contains("tracked by git");
    }

    private void git(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .start()
                        .waitFor())
                .isZero();
    }

    private SecretsCheck.Report check() throws IOException {
        return new SecretsCheck(folder, Map.of("DATABASE_URL", "sqlite:seats.db"), clock).run();
    }

    private Map<String, String> values() {
        try {
            return DotEnv.parse(Files.readString(folder.resolve(".env"))).values();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private SecretsFile file() {
        return new SecretsFile(folder, clock);
    }
}
