package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.seats.contract.HexText;
import bulwark.seats.keystore.Keystore;
import bulwark.testkit.ChainPrograms;
import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code ./bulwark up --devnet}: the commands that it prints, as they stand, lead from a plan to a deposit on two real execution clients. */
@Timeout(1_200)
class DevnetTest {
    private static final Path PROGRAM = SharedMaterial.repository().resolve("bulwark");
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final String LAST = "seat show 1 --until ACTIVE";

    @TempDir
    Path folder;

    @Test
    void the_printed_commands_lead_to_a_deposit_and_nothing_runs_after_the_stop() throws Exception {
        ChainPrograms.modules();
        List<ProcessHandle> children;
        try (ProgramProcess up = up(Map.of(), "up.log")) {
            up.awaitReady(TIMEOUT, () -> up.logText().contains(LAST));
            children = ProcessHandle.of(up.pid()).orElseThrow().descendants().toList();
            assertThat(children.stream().map(each -> each.info().command().orElse("")))
                    .filteredOn(command -> command.endsWith("/node"))
                    .as("two execution clients")
                    .hasSize(2);
            Shell.Outcome walk = Shell.bash(folder, Map.of(), TIMEOUT, "set -e -o pipefail\n" + commands(up.logText()));
            assertThat(walk.exitCode()).as(walk + "\n" + up.logText()).isZero();
            assertThat(walk.out())
                    .contains("nothing is missing")
                    .contains("to deposit 32 CTN for validator")
                    .contains("Deposit 32 CTN for validator")
                    .contains("2 of 2 approvals are there")
                    .contains("seat 1  ALLOWLISTED")
                    .endsWith("seat 1  DEPOSITED\n");
            aKeyOfTheSignersIsNowhereInTheService();
            try (ProgramProcess second = up(Map.of(), "second.log")) {
                assertThat(second.awaitEnd()).as(second.logText()).isEqualTo(2);
                assertThat(second.logText()).contains("another up --devnet runs in");
            }
            assertThat(up.isAlive()).as(up.logText()).isTrue();
        }
        assertThat(children).noneMatch(ProcessHandle::isAlive);
    }

    private void aKeyOfTheSignersIsNowhereInTheService() throws Exception {
        Path treasury = folder.resolve("state/seats-devnet");
        JsonNode made = seat(
                treasury,
                "generate",
                "--operator",
                "1",
                "--beneficiary",
                "0x" + "be".repeat(20),
                "--claim-delay",
                "86400",
                "--json");
        JsonNode file = seat(treasury, "keystore", made.at("/seat/id").asString());
        assertThat(file).isEqualTo(made.path("keystore"));
        Map<String, Object> keystore = new LinkedHashMap<>();
        file.properties().forEach(member -> keystore.put(member.getKey(), member.getValue()));
        String password = Files.readString(treasury.resolve("signer/keystore-password"));
        SecretBytes secret =
                new Keystore(keystore).open(SecretBytes.ofText(password)).orElseThrow();
        String words = Files.readString(treasury.resolve("signer/mnemonic"));
        String key = Files.readString(treasury.resolve("signer/treasury.key"));
        List<byte[]> forms = new ArrayList<>(ProcessMemory.forms(secret.expose(SecretAccess.grant())));
        forms.addAll(ProcessMemory.forms(HexText.bytes(key)));
        for (Charset charset : List.of(StandardCharsets.US_ASCII, StandardCharsets.UTF_16LE)) {
            forms.add(words.getBytes(charset));
            forms.add(password.getBytes(charset));
        }
        requireNothingOf(forms, treasury, pid(treasury.resolve("seats.pid")));
        assertThat(ProcessMemory.find(
                        pid(treasury.resolve("signer/signer.pid")), List.of(words.getBytes(StandardCharsets.US_ASCII))))
                .as("the words are found where they are")
                .isNotEmpty();
    }

    private static JsonNode seat(Path treasury, String... words) throws Exception {
        List<String> line = new ArrayList<>(List.of(SeatManagerProgram.PROGRAM.toString(), "seat"));
        line.addAll(List.of(words));
        Shell.Outcome outcome = Shell.run(treasury, Map.of(), TIMEOUT, line);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return StrictJson.parse(outcome.out().getBytes(StandardCharsets.UTF_8));
    }

    /** In the memory of the service, in what the system shows of it, in its folder and in what all of them print. */
    private void requireNothingOf(List<byte[]> forms, Path treasury, long service) throws IOException {
        assertThat(ProcessMemory.find(service, forms)).as("memory").isEmpty();
        List<Path> files = new ArrayList<>(List.of(folder.resolve("up.log")));
        for (String name : List.of("environ", "cmdline")) {
            files.add(Path.of("/proc", Long.toString(service), name));
        }
        try (Stream<Path> own = Files.walk(treasury)) {
            own.filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(treasury.resolve("signer")))
                    .forEach(files::add);
        }
        assertThat(files).anyMatch(file -> file.endsWith("seats.db"));
        for (Path file : files) {
            assertThat(ProcessMemory.contains(Files.readAllBytes(file), forms))
                    .as(file.toString())
                    .isFalse();
        }
    }

    private static long pid(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    @Test
    void a_place_for_production_gets_no_devnet() throws Exception {
        ChainPrograms.modules();
        try (ProgramProcess up = up(Map.of("SEAT_MANAGER_ENV", "production"), "up.log")) {
            assertThat(up.awaitEnd()).as(up.logText()).isEqualTo(2);
            assertThat(up.logText()).contains("SEAT_MANAGER_ENV says production");
        }
        assertThat(folder.resolve("state/seats-devnet")).doesNotExist();
    }

    private ProgramProcess up(Map<String, String> settings, String log) throws Exception {
        return ProgramProcess.start(
                folder,
                settings,
                folder.resolve(log),
                List.of(
                        PROGRAM.toString(),
                        "up",
                        "--devnet",
                        "--port-base",
                        Integer.toString(FreePort.base()),
                        "--state",
                        folder.resolve("state").toString()));
    }

    /** From the folder of the treasury on. */
    private static String commands(String screen) {
        return screen.lines()
                .dropWhile(line -> !line.contains("seats-devnet' && PATH="))
                .takeWhile(line -> line.startsWith("    "))
                .map(String::strip)
                .collect(Collectors.joining("\n"));
    }
}
