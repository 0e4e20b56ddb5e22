package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.Shell;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's first screen: {@code ./bulwark up}, the key it shows once, and the three commands it prints. It runs in a fresh copy of the sources, where nothing has
 * been built: what a new user sees first.
 */
class UpTest {
    /** Building is compiling and three starts of the program: on a busy machine it takes as long as it takes, and only what hangs shall end here. */
    private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(20);

    /** Each child has 20 s to drain. */
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void up_shows_addresses_the_key_once_and_three_commands_that_work() throws Exception {
        SourceCopy.into(folder.resolve("clone"));
        int base = FreePort.base();
        Path first = folder.resolve("first.txt");
        String key;
        try (ProgramProcess up = up(base, first)) {
            String elsewhere = aSecondTerminalAtOnce();
            String screen = awaitWelcome(up);
            assertThat(screen + elsewhere).containsOnlyOnce("building").doesNotContain("no start-up cache");
            key = group("export STIGMEM_ADMIN_KEY=([0-9a-f]{64})", screen);
            assertThat(screen).contains("http://localhost:" + base).contains("https://localhost:" + (base + 765));
            Shell.Outcome tried =
                    Shell.bash(folder, Map.of("STIGMEM_ADMIN_KEY", key), COMMAND_TIMEOUT, commandsOf(screen));
            assertThat(tried.out())
                    .contains("\"relation\":\"memory:prefers\"")
                    .contains("\"chain_proof\":{\"tenant_id\":\"default\"")
                    .contains("\"event_type\":\"fact_write\"");
            assertThat(modesOf(
                            "facts/.env",
                            "facts/tls/ca.key",
                            "facts/tls/node.key",
                            "tasks/.env",
                            "tasks/keys/private",
                            "tasks/keys/operator",
                            "tasks/command-keys",
                            "gateway/.env",
                            "gateway/admin-token",
                            "gateway/tls/ca.key",
                            "gateway/tls/gateway.key",
                            "seats/.env"))
                    .containsOnly("rw-------");
            aTaskRunsAsPrinted(screen);
            theGatewayStandsBeforeTheNodeAsPrinted(screen, key, base);
            theWorkerComesBack(up);
            nothingOfTheStateIsOpenToOthers();
        }
        Path second = folder.resolve("second.txt");
        try (ProgramProcess again = up(base, second)) {
            String screen = awaitWelcome(again);
            assertThat(screen)
                    .doesNotContain(key)
                    .contains("was shown at the first start")
                    .doesNotContain("building");
        }
    }

    /** One of the two builds, the other waits for it. @return what it said beside its answer */
    private String aSecondTerminalAtOnce() throws Exception {
        Shell.Outcome version = Shell.bash(folder, Map.of(), BUILD_TIMEOUT, "clone/bin/stem --version");
        assertThat(version.out()).as(version.err()).startsWith("bulwark ");
        return version.err();
    }

    private void aTaskRunsAsPrinted(String screen) throws Exception {
        String command = screen.lines()
                .filter(line -> line.contains("enqueue demo.echo"))
                .findFirst()
                .orElseThrow()
                .strip();
        Shell.Outcome tried = Shell.bash(folder, Map.of(), COMMAND_TIMEOUT, command);
        assertThat(tried.out()).as(tried.err()).contains("{\"hello\":\"world\"}");
        String export = command.replaceAll("demo\\.echo --args '[^']*'", "platform.audit-export");
        assertThat(Shell.bash(folder, Map.of(), COMMAND_TIMEOUT, export).out()).contains("fact_audit_log");
    }

    /** The first document's {@code https} calls go through it: the manifest, health, and a recall with the node's own key. */
    private void theGatewayStandsBeforeTheNodeAsPrinted(String screen, String key, int base) throws Exception {
        String commands = screen.lines()
                .dropWhile(line -> !line.contains("# 1. the fact node through the gateway"))
                .takeWhile(line -> line.startsWith("    "))
                .map(String::strip)
                .reduce("", (script, line) -> script + line + "\n");
        Shell.Outcome tried = Shell.bash(folder, Map.of(), COMMAND_TIMEOUT, commands);
        assertThat(tried.out())
                .as(tried.err())
                .contains("\"key_id\"")
                .contains("operator of tenant default")
                .contains("The gateway let the call through on route facts")
                .containsPattern(" 1  pass +TLS on all ingress endpoints")
                .containsPattern("13  not visible from here +Signed commits enforced");
        assertThat(tried.exitCode()).as("hardening check").isZero();
        Shell.Outcome calls =
                Shell.bash(folder, Map.of("KEY", key), COMMAND_TIMEOUT, """
                curl="curl -s --cacert state/gateway/tls/ca.crt"
                $curl https://localhost:%1$d/healthz
                $curl https://localhost:%1$d/v1/recall -H "Authorization: Bearer $KEY" -H 'Stigmem-Verify: full' \
                  -H 'Content-Type: application/json' -d '{"query":"tea","scope":"company"}'
                $curl https://localhost:%1$d/v1/recall -H 'Content-Type: application/json' -d '{}'
                curl -s -o /dev/null -w '%%{http_code} %%{redirect_url}' http://localhost:%2$d/v1/recall
                """.formatted(base + 443, base + 80));
        assertThat(calls.out())
                .as(calls.err())
                .contains("\"status\":\"ok\"")
                .contains("\"head_hash\"")
                .contains("Authorization header required")
                .endsWith("308 https://localhost:" + (base + 443) + "/v1/recall");
    }

    /** A child that died is started again. */
    private void theWorkerComesBack(ProgramProcess up) throws Exception {
        String pid = Files.readString(folder.resolve("state/tasks/worker/worker.pid"))
                .strip();
        new ProcessBuilder("kill", "-9", pid).start().waitFor();
        up.awaitLog("the worker restarted");
    }

    private ProgramProcess up(int base, Path output) throws Exception {
        String program = folder.resolve("clone/bulwark").toString();
        return ProgramProcess.start(
                folder,
                Map.of(),
                output,
                List.of(
                        "sh",
                        "-c",
                        "umask 0; exec \"$0\" \"$@\"",
                        program,
                        "up",
                        "--port-base",
                        Integer.toString(base),
                        "--state",
                        folder.resolve("state").toString()));
    }

    private static String awaitWelcome(ProgramProcess up) throws Exception {
        up.awaitReady(BUILD_TIMEOUT, () -> up.logText().contains("hardening check)"));
        return up.logText();
    }

    private static String commandsOf(String screen) {
        return screen.lines()
                .dropWhile(line -> !line.contains("# 1. assert a fact"))
                .takeWhile(line -> line.startsWith("    "))
                .map(String::strip)
                .reduce("", (script, line) -> script + line + "\n");
    }

    private List<String> modesOf(String... files) throws Exception {
        List<String> modes = new java.util.ArrayList<>();
        for (String file : files) {
            modes.add(PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(folder.resolve("state").resolve(file))));
        }
        return modes;
    }

    /** Whatever the umask is: each file and folder by itself, also what is derived from the stores. */
    private void nothingOfTheStateIsOpenToOthers() throws Exception {
        try (Stream<Path> all = Files.walk(folder.resolve("state"))) {
            assertThat(all.filter(UpTest::isOpenToOthers).toList()).isEmpty();
        }
    }

    private static boolean isOpenToOthers(Path path) {
        try {
            return !PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS))
                    .endsWith("------");
        } catch (java.io.IOException gone) {
            return false;
        }
    }

    private static String group(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }
}
