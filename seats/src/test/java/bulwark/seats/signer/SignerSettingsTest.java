package bulwark.seats.signer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.OperatorError;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With which keys, addresses and networks a signer does not start. */
class SignerSettingsTest {
    /** Two accounts of the phrase "test test … junk", whose keys everybody has. */
    private static final List<String> PUBLISHED = List.of(
            "0x47e179ec197488593b187f80a00eb0da91f1b9d0b13f8733639f19c30a34926a",
            "0x2a871d0798f97d79848a013d4936a73bf4cc922c825d33c1cf7073dff6d409c6");

    @TempDir
    Path folder;

    private Map<String, String> environment(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "SEAT_MANAGER_OWNER_PRIVATE_KEY", SignerUnderTest.KEY,
                "SEAT_MANAGER_SIGNER_POLICY_FILE", "policy.json",
                "SEAT_MANAGER_APPROVERS_FILE", "approvers.json",
                "SEAT_MANAGER_VAULT_CREATION_CODE_FILE", "vault.hex",
                "SEAT_MANAGER_GENESIS_FORK_VERSION", "00000286"));
        environment.putAll(more);
        return environment;
    }

    private List<String> problems(Map<String, String> more) {
        return Configuration.inspect(SignerSettings.schema(), environment(more), folder)
                .problems();
    }

    @Test
    void a_local_key_never_stands_beside_a_public_interface() {
        assertThat(problems(Map.of())).isEmpty();
        for (String host : List.of("0.0.0.0", "192.0.2.7", "::", "example.com")) {
            assertThat(problems(Map.of("SEAT_MANAGER_HOST", host)))
                    .as(host)
                    .singleElement()
                    .asString()
                    .startsWith("SEAT_MANAGER_HOST is not loopback");
        }
    }

    @Test
    void deposits_for_a_public_network_are_not_what_a_signer_is_started_for() {
        assertThat(problems(Map.of("SEAT_MANAGER_GENESIS_FORK_VERSION", "00000000")))
                .singleElement()
                .asString()
                .contains("Ethereum mainnet");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void a_key_that_everybody_has_is_refused(int account) {
        Configuration settings = Configuration.read(
                SignerSettings.schema(),
                environment(Map.of("SEAT_MANAGER_OWNER_PRIVATE_KEY", PUBLISHED.get(account))),
                folder);
        assertThatThrownBy(() -> TreasuryKeyOpener.open(settings, folder))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("everybody has");
    }
}
