package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.RequiredProgram;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units of {@code deploy/systemd}: well formed, confined by systemd's own measure, and each process with a user of its own, so that the kernel keeps keys apart. */
class SystemdUnitsTest {
    @TempDir
    Path folder;

    private static Path units() {
        return SharedMaterial.repository().resolve("deploy/systemd");
    }

    @Test
    void systemd_finds_nothing_wrong_with_them() throws Exception {
        RequiredProgram.onThePath("systemd-analyze");
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

    /** The exposure of 0 to 10 that systemd finds in a unit, times ten. */
    private static final String MAX_EXPOSURE = "20";

    @Test
    void systemd_finds_little_exposure_in_each_service() throws Exception {
        RequiredProgram.onThePath("systemd-analyze");
        for (Path unit : services()) {
            Shell.Outcome judged = exposure(unit);
            assertThat(judged.exitCode()).as("%s: %s", unit, judged).isZero();
            assertThat(Files.readString(unit))
                    .as("%s: the JVM compiles", unit)
                    .doesNotContain("MemoryDenyWriteExecute")
                    .contains(
                            "\nNoNewPrivileges=yes\n",
                            "\nCapabilityBoundingSet=\n",
                            "\nLimitCORE=0\n",
                            "\nUMask=0077\n");
        }
    }

    @Test
    void a_service_that_is_less_confined_is_beyond_the_measure() throws Exception {
        RequiredProgram.onThePath("systemd-analyze");
        Path open = folder.resolve("open.service");
        Files.writeString(
                open,
                Files.readString(units().resolve("stigmem-node.service"))
                        .replace("CapabilityBoundingSet=\n", "")
                        .replace("SystemCallFilter=@system-service\n", "")
                        .replace("SystemCallFilter=~@privileged @resources\n", ""));
        assertThat(exposure(open).exitCode()).isEqualTo(1);
    }

    private Shell.Outcome exposure(Path unit) throws Exception {
        return Shell.run(
                folder,
                Map.of(),
                Duration.ofMinutes(1),
                List.of(
                        "systemd-analyze",
                        "security",
                        "--offline=true",
                        "--no-pager",
                        "--threshold=" + MAX_EXPOSURE,
                        unit.toString()));
    }

    private static List<Path> services() throws IOException {
        try (Stream<Path> files = Files.list(units())) {
            return files.filter(file -> file.toString().endsWith(".service")).toList();
        }
    }

    /** The ownership table of the task document, and the folders of the other parts. */
    @Test
    void no_two_services_share_a_user_and_none_reaches_the_folder_of_another() throws IOException {
        Map<String, String> users = new TreeMap<>();
        for (Path unit : services()) {
            String text = Files.readString(unit);
            String user = setting(text, "User");
            assertThat(users.put(user, unit.toString())).as("user of %s", unit).isNull();
            assertThat(setting(text, "StateDirectory")).isEqualTo(user);
            assertThat(setting(text, "StateDirectoryMode")).isEqualTo("0700");
            assertThat(setting(text, "ProtectSystem")).isEqualTo("strict");
        }
        assertThat(users.keySet())
                .contains(
                        "stigmem", "stem-worker", "stem-beat", "stoa-gateway", "stoa-control-plane", "bulwark-doctor");
        String worker = Files.readString(units().resolve("stem-worker.service"));
        assertThat(worker)
                .as("the worker verifies, and holds no private key")
                .doesNotContainPattern("(?m)^Environment=.*PRIVATE")
                .contains("-/var/lib/stem-beat", "-/var/lib/stigmem", "-/etc/stigmem");
    }

    private static String setting(String unit, String name) {
        List<String> values = unit.lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .toList();
        assertThat(values).as(name).hasSize(1);
        return values.getFirst();
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
