package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.SharedMaterial;
import bulwark.testkit.Shell;
import bulwark.testkit.SoftHsmToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our own runbook, line by line in the order of the page, against real processes. A line that the table does not know fails. */
@Timeout(900)
class SeatRunbookPageTest {
    private static final Path ROOT = SharedMaterial.repository();
    private static final Path PAGE = ROOT.resolve("docs/seats/runbook.md");
    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final Pattern COMMENT = Pattern.compile("\\s{2,}# .*$");
    private static final Pattern NAMED = Pattern.compile("\\./bulwark test seats -t \"(.*)\"");
    private static final Pattern PROVEN = Pattern.compile("\\./bulwark test seats --prove (\\S+)");

    /** Beginning of a line → its exit code and words of what it prints; the longest beginning counts. */
    private static final Map<String, Answer> TABLE = table();

    @TempDir
    Path folder;

    private final SoftHsmToken token = SoftHsmToken.ofThisProcess();
    private final String port = Integer.toString(FreePort.next());
    private SeatManagerProgram program;

    /** @param words in standard output or standard error */
    private record Answer(int exitCode, String words) {}

    private static Map<String, Answer> table() {
        Map<String, Answer> table = new LinkedHashMap<>();
        table.put("bin/seat-manager secrets generate", new Answer(0, ".env"));
        table.put("bin/seat-manager secrets check", new Answer(0, "SESSION_HMAC_SECRET"));
        table.put("bin/seat-manager secrets rotate session", new Answer(0, "SESSION_HMAC_SECRET"));
        table.put("echo DATABASE_URL=sqlite:seats.db >> .env", new Answer(0, ""));
        table.put("bin/seat-manager config check", new Answer(0, "ok"));
        table.put("bin/seat-manager config print", new Answer(0, "SEAT_MANAGER_PORT"));
        table.put("bin/seat-manager migrate status", new Answer(3, "no_store"));
        table.put("bin/seat-manager migrate ", new Answer(0, "current"));
        table.put("bin/seat-manager user create-admin", new Answer(0, "administrator admin can sign in"));
        table.put("bin/seat-manager user set-password --user admin", new Answer(0, "every session has ended"));
        table.put("curl -s http://127.0.0.1:8080/health", new Answer(0, "\"status\":\"ok\""));
        table.put("bin/seat-manager status", new Answer(0, "what is missing"));
        table.put("bin/seat-manager restart", new Answer(0, "health: 200"));
        table.put("bin/seat-manager stop", new Answer(0, "has ended"));
        table.put("bin/seat-manager approver key create", new Answer(0, "publicKey"));
        table.put("bin/seat-manager plan explain plan.json", new Answer(0, "vault"));
        table.put("bin/seat-manager plan verify plan.json", new Answer(0, "verified"));
        table.put("bin/seat-manager plan diff plan.json other.json", new Answer(1, "claimDelaySeconds"));
        table.put("bin/seat-manager approve plan.json", new Answer(0, "digest"));
        table.put("python3 deploy/seats/verify-plan.py plan.json vault.hex", new Answer(0, "digest"));
        table.put("bin/seat-manager signer --status", new Answer(1, "\"backend\":\"none\""));
        table.put("bin/seat-manager signer key create", new Answer(0, "0x"));
        table.put("bin/seat-manager signer mnemonic create words", new Answer(0, "mode 600"));
        return table;
    }

    @Test
    void every_line_of_the_page_does_what_the_page_says() throws Exception {
        SeatPlanFixture.write(folder);
        Path signer = Files.createDirectory(
                folder.resolve("signer"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (SeatManagerProgram opened = new SeatManagerProgram(folder);
                SeatManagerProgram beside = new SeatManagerProgram(signer)) {
            program = opened;
            List<String> lines = lines();
            assertThat(lines).hasSizeGreaterThan(25).endsWith("bin/seat-manager stop");
            for (String line : lines) {
                carryOut(line, beside, signer);
            }
            assertThat(program.service()).as("the page ends with a stop").isEmpty();
        }
    }

    /** Of all blocks, without their comments. */
    private static List<String> lines() throws IOException {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("```")) {
                inside = line.equals("```sh");
            } else if (inside && !line.isBlank()) {
                lines.add(COMMENT.matcher(line).replaceFirst("").strip());
            }
        }
        return lines;
    }

    private void carryOut(String line, SeatManagerProgram signer, Path signerFolder) throws Exception {
        Matcher named = NAMED.matcher(line);
        Matcher proven = PROVEN.matcher(line);
        if (line.startsWith("bin/seat-manager api ")) {
            program.start(
                    line.replace("bin/seat-manager ", "").replace("8080", port).split(" "));
            Awaitility.await().atMost(TIMEOUT).until(() -> program.service().isPresent());
        } else if (line.equals("bin/seat-manager signer")) {
            ProgramProcess process = signer.start("signer");
            process.awaitReady(() -> Files.exists(signerFolder.resolve("signer.pid")));
        } else if (named.matches()) {
            assertThat(suites()).as(line).contains("@DisplayName(\"" + named.group(1));
        } else if (proven.matches()) {
            assertThat(ROOT.resolve("seats/src/test/mutations/" + proven.group(1) + ".mutation"))
                    .as(line)
                    .exists();
        } else {
            run(line, line.startsWith("bin/seat-manager signer ") ? signerFolder : folder);
        }
    }

    private void run(String line, Path where) throws Exception {
        Answer expected = TABLE.entrySet().stream()
                .filter(entry -> line.startsWith(entry.getKey()))
                .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
                .map(Map.Entry::getValue)
                .orElseThrow(() -> new AssertionError("the table does not know this line of the page: " + line));
        String input = line.contains(" user ") ? "printf '%s\\n' 'Vk7#pQz9!mLw2@xRt5$bN" + line.length() + "' | " : "";
        Map<String, String> settings = line.contains("signer key create") ? tokenSettings(where) : Map.of();
        Shell.Outcome outcome = Shell.bash(where, settings, TIMEOUT, input + here(line));
        assertThat(outcome.exitCode()).as(line + "\n" + outcome).isEqualTo(expected.exitCode());
        assertThat(outcome.out() + outcome.err()).as(line).contains(expected.words());
    }

    /** The programs of this copy, on the port of this test. */
    private String here(String line) {
        return line.replaceFirst("^bin/", ROOT + "/bin/")
                .replace("deploy/seats/", ROOT + "/deploy/seats/")
                .replace("8080", port);
    }

    private Map<String, String> tokenSettings(Path where) throws IOException {
        Path pin = where.resolve("pin");
        Files.createFile(pin, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(pin, token.pin());
        return Map.of(
                "SOFTHSM2_CONF", token.configuration().toString(),
                "SEAT_MANAGER_PKCS11_LIBRARY", token.library().toString(),
                "SEAT_MANAGER_PKCS11_SLOT", Integer.toString(token.slot()),
                "SEAT_MANAGER_PKCS11_PIN_FILE", pin.toString());
    }

    private static String suites() throws IOException {
        Path tests = ROOT.resolve("seats/src/test/java/bulwark/seats");
        return Files.readString(tests.resolve("SecurityTest.java"))
                + Files.readString(tests.resolve("SchemasTest.java"));
    }
}
