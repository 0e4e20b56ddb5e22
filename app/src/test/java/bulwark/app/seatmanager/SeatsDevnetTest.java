package bulwark.app.seatmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.app.cli.CommandContext;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.error.ExitCode;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where there is no devnet; where there is one, its own acceptance test walks on it. */
class SeatsDevnetTest {
    @TempDir
    Path folder;

    private void provision(Map<String, String> environment) throws Exception {
        CommandContext context = new CommandContext(
                environment, folder, new ByteArrayInputStream(new byte[0]), System.out, System.err, Clock.systemUTC());
        SeatsDevnet.provision(folder.resolve("seats-devnet"), 8200, context);
    }

    @ParameterizedTest
    @CsvSource({"SEAT_MANAGER_ENV,production", "SEAT_MANAGER_ENV,staging", "NODE_ENV,production"})
    void a_place_where_the_service_is_deployed_is_refused(String name, String profile) {
        assertThatThrownBy(() -> provision(Map.of(name, profile)))
                .isInstanceOfSatisfying(
                        CommandFailed.class,
                        refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessageContaining(name + " says " + profile);
        assertThat(folder.resolve("seats-devnet")).doesNotExist();
    }

    @Test
    void a_program_without_the_local_chain_says_where_it_is() {
        assertThatThrownBy(() -> provision(Map.of()))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("./bulwark up --devnet in a copy of the sources");
        assertThat(folder.resolve("seats-devnet")).doesNotExist();
    }
}
