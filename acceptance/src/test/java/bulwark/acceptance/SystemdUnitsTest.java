package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units of {@code deploy/systemd}: well formed, and the process of the key apart from the one that serves. */
class SystemdUnitsTest {
    @TempDir
    Path folder;

    private static Path units() {
        return SharedMaterial.repository().resolve("deploy/systemd");
    }

    @Test
    void systemd_finds_nothing_wrong_with_them() throws Exception {
        assumeTrue(
                Shell.bash(folder, Map.of(), Duration.ofMinutes(1), "command -v systemd-analyze")
                                .exitCode()
                        == 0,
                "SKIPPED: systemd-analyze is not on the PATH");
        try (Stream<Path> files = Files.list(units())) {
            for (Path unit : files.toList()) {
                // Where the program is installed differs; where it is here, it can be run.
                Path here = folder.resolve(unit.getFileName().toString());
                Files.writeString(
                        here,
                        Files.readString(unit)
                                .replace(
                                        "/opt/bulwark",
                                        SharedMaterial.repository().toString()));
                Shell.Outcome judged = Shell.run(
                        folder,
                        Map.of(),
                        Duration.ofMinutes(1),
                        List.of("systemd-analyze", "verify", "--recursive-errors=no", here.toString()));
                assertThat(judged.err()).as(unit.toString()).doesNotContain(unit.getFileName() + ":");
            }
        }
    }

    @Test
    void the_signer_has_a_user_of_its_own_and_no_network() throws IOException {
        String signer = Files.readString(units().resolve("seat-manager-signer.service"));
        String service = Files.readString(units().resolve("seat-manager-api.service"));
        assertThat(signer)
                .contains("\nPrivateNetwork=yes\n", "\nRestrictAddressFamilies=AF_UNIX\n", "\nUser=seat-signer\n");
        assertThat(service).contains("\nUser=seat-manager\n").doesNotContain("PRIVATE_KEY", "KMS", "PKCS11");
        for (String unit : List.of(signer, service)) {
            assertThat(unit)
                    .contains(
                            "\nNoNewPrivileges=yes\n",
                            "\nProtectSystem=strict\n",
                            "\nCapabilityBoundingSet=\n",
                            "\nLimitCORE=0\n",
                            "\nUMask=0077\n");
        }
    }
}
