package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The code lines of the treasury's runbook in their order, each translated by one table, against real processes. A line that the table does not know fails. */
@Timeout(600)
class SeatRunbookTest {
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(3);
    private static final Pattern CODE = Pattern.compile(
            "(npx |npm |fuser |node |curl |POST /|SESSION_HMAC_SECRET=<secret>|STEP_UP_HMAC_SECRET=<secret>|SEAT_MANAGER_OWNER_PRIVATE_KEY=<).*");

    /** Beginning of a line → what it is here: {@code run:} a command of ours, {@code named:} the beginning of test names that must be there, {@code process:} done to the process. */
    private static final Map<String, String> TABLE = Map.ofEntries(
            Map.entry("npx prisma migrate status", "run:migrate status"),
            Map.entry("npx prisma migrate deploy", "run:migrate deploy"),
            Map.entry("npx prisma generate", "run:migrate verify"),
            Map.entry("npm run build", "run:--version"),
            Map.entry("fuser -k 8080/tcp", "process:kill"),
            Map.entry("SESSION_HMAC_SECRET=<secret> \\", "process:settings"),
            Map.entry("STEP_UP_HMAC_SECRET=<secret> \\", "process:settings"),
            Map.entry("SEAT_MANAGER_OWNER_PRIVATE_KEY=<key>", "process:key"),
            Map.entry("node dist/index.js api --port 8080 --host 127.0.0.1", "process:start"),
            Map.entry("curl -s http://127.0.0.1:8080/health", "process:health"),
            Map.entry("POST /v1/users/<user-id>/password", "named:void a_password_change_ends_the_other_sessions"),
            Map.entry(
                    "npx vitest run test/security.test.ts test/schemas.test.ts -t \"CSM-01 regression\"",
                    "named:@DisplayName(\"CSM-01 regression"),
            Map.entry(
                    "npx vitest run test/security.test.ts -t \"CSM-02 regression\"",
                    "named:@DisplayName(\"CSM-02 regression"),
            Map.entry(
                    "npx vitest run test/security.test.ts -t \"CSM-03 regression\"",
                    "named:@DisplayName(\"CSM-03 regression"),
            Map.entry(
                    "npx vitest run test/security.test.ts -t \"CSM-04 regression\"",
                    "named:@DisplayName(\"CSM-04 regression"));

    @TempDir
    Path folder;

    private final int port = FreePort.next();
    private ProgramProcess service;

    @Test
    void every_code_line_of_the_runbook_does_here_what_it_says() throws Exception {
        assertThat(ours("secrets generate").exitCode()).isZero();
        Files.writeString(folder.resolve(".env"), "DATABASE_URL=sqlite:seats.db\n", StandardOpenOption.APPEND);
        try {
            for (String line : codeLines()) {
                carryOut(line, translation(line));
            }
            assertThat(service).as("the runbook starts the service").isNotNull();
        } finally {
            if (service != null) {
                service.kill();
            }
        }
    }

    @Test
    void the_names_of_the_regression_tests_are_the_documents_own() throws IOException {
        String suite = suites();
        List<String> names = document().stream()
                .flatMap(line ->
                        Pattern.compile("CSM-0\\d regression: .*").matcher(line).results())
                .map(match -> match.group().strip())
                .toList();
        assertThat(names).hasSize(4).allSatisfy(name -> assertThat(suite).contains("@DisplayName(\"" + name + "\")"));
    }

    private void carryOut(String line, String translation) throws Exception {
        String what = translation.substring(translation.indexOf(':') + 1);
        switch (translation.substring(0, translation.indexOf(':'))) {
            case "run" -> {
                int expected = line.startsWith("npx prisma migrate status") && !Files.exists(folder.resolve("seats.db"))
                        ? 3
                        : 0;
                assertThat(ours(what).exitCode()).as(line).isEqualTo(expected);
            }
            case "named" -> assertThat(suites()).as(line).contains(what);
            default -> ofProcess(what);
        }
    }

    private void ofProcess(String what) throws Exception {
        switch (what) {
            case "kill" -> {
                // Before the service is up this finds nobody; a killed one leaves a store that the next start takes.
                start();
                service.kill();
            }
            case "key" -> {
                // Without a policy there is no signer yet; the service runs all the same, and does not have the key.
                start(Map.of("SEAT_MANAGER_OWNER_PRIVATE_KEY", "0x" + "7".repeat(63) + "1"));
                assertThat(service.logText()).contains("SEAT_MANAGER_OWNER_PRIVATE_KEY stood in front");
                service.kill();
            }
            case "start" -> start();
            case "health" -> assertThat(health().out()).contains("\"status\":\"ok\"", "\"writes\":\"disabled\"");
            default -> assertThat(Files.readString(folder.resolve(".env"))).contains("_HMAC_SECRET=");
        }
    }

    private void start() throws Exception {
        start(Map.of());
    }

    private void start(Map<String, String> environment) throws Exception {
        service = ProgramProcess.start(
                folder,
                environment,
                folder.resolve("api.log"),
                List.of(program(), "api", "--port", Integer.toString(port), "--host", "127.0.0.1"));
        service.awaitReady(() -> health().exitCode() == 0);
    }

    private Shell.Outcome health() throws IOException, InterruptedException {
        return Shell.run(
                folder, Map.of(), COMMAND_TIMEOUT, List.of("curl", "-sf", "http://127.0.0.1:" + port + "/health"));
    }

    private Shell.Outcome ours(String arguments) throws IOException, InterruptedException {
        return Shell.bash(folder, Map.of(), COMMAND_TIMEOUT, "'" + program() + "' " + arguments);
    }

    private static String program() {
        return SharedMaterial.repository().resolve("bin/seat-manager").toString();
    }

    private static String translation(String line) {
        return TABLE.entrySet().stream()
                .filter(entry -> line.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new AssertionError("the table does not know this line of the runbook: " + line));
    }

    private static List<String> document() throws IOException {
        return Files.readAllLines(
                SharedMaterial.require("seeds/seats-post-hardening-runbook.txt"), StandardCharsets.UTF_8);
    }

    private static List<String> codeLines() throws IOException {
        List<String> lines = document().stream()
                .map(String::strip)
                .filter(line -> CODE.matcher(line).matches())
                .toList();
        assertThat(lines).hasSizeGreaterThanOrEqualTo(16);
        return lines;
    }

    private static String suites() throws IOException {
        Path tests = SharedMaterial.repository().resolve("seats/src/test/java/bulwark/seats");
        return Files.readString(tests.resolve("SecurityTest.java"))
                + Files.readString(tests.resolve("SchemasTest.java"))
                + Files.readString(tests.resolve("SignInTest.java"));
    }
}
