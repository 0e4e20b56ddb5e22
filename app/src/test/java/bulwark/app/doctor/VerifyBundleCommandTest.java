package bulwark.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.app.Main;
import bulwark.doctor.bundle.PostureArchive;
import bulwark.doctor.bundle.PostureStatement;
import bulwark.testkit.RequiredProgram;
import bulwark.testkit.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyBundleCommandTest {
    @TempDir
    Path folder;

    private Path bundle;
    private Path policy;

    @BeforeEach
    void sign() throws Exception {
        Clock clock = Clock.systemUTC();
        try (PostureArchive archive = PostureArchive.open(folder.resolve("doctor"), clock)) {
            bundle = archive.write(
                    folder.resolve("out"),
                    "{}\n".getBytes(StandardCharsets.UTF_8),
                    Map.of(),
                    new PostureStatement.Visited("state", "visit", clock.instant(), clock.instant()),
                    new PostureStatement.Verdicts(
                            List.of("HOST-FILES-01"), List.of(), List.of(), List.of(), List.of(), List.of()),
                    null);
            policy = archive.policyFile();
        }
    }

    private CommandResult verify(String... more) {
        List<String> arguments =
                new java.util.ArrayList<>(List.of("verify", bundle.toString(), "--policy", policy.toString()));
        arguments.addAll(List.of(more));
        return CommandResult.of(folder, Map.of(), "", arguments.toArray(String[]::new));
    }

    private Path report() {
        return bundle.resolveSibling(bundle.getFileName().toString().replace(".sigstore.json", ".json"));
    }

    @Test
    void a_good_bundle_and_its_report_are_verified() {
        CommandResult result = verify("--report", report().toString());
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("who ", "saw ", "when ", "log ", "verified");
    }

    @Test
    void a_changed_bundle_and_another_report_are_refused_with_a_sentence() throws Exception {
        Files.writeString(report(), "{ }\n");
        CommandResult other = verify("--report", report().toString());
        assertThat(other.code()).isEqualTo(1);
        assertThat(other.err()).contains("is not the report that was signed");
        Files.writeString(bundle, Files.readString(bundle).replace("\"logIndex\":\"0\"", "\"logIndex\":\"1\""));
        CommandResult changed = verify();
        assertThat(changed.code()).isEqualTo(1);
        assertThat(changed.err()).startsWith("refused: ");
        assertThat(changed.out()).doesNotContain("verified");
    }

    @Test
    void a_policy_that_cannot_be_read_is_a_usage_error() throws Exception {
        Files.writeString(policy, "quorum none\n");
        CommandResult result = verify();
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("names no doctor");
    }

    @Test
    void without_a_policy_it_says_where_one_is() {
        CommandResult result = CommandResult.of(folder, Map.of(), "", "verify", bundle.toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err()).contains("--policy", "posture/policy", "by another way than the bundle");
    }

    @Test
    void a_policy_that_names_a_key_twice_is_a_usage_error() throws Exception {
        String text = Files.readString(policy);
        for (String word : List.of("#doctor:key", "log ", "witness ")) {
            String line = text.lines()
                    .filter(each -> each.startsWith(word))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(policy, text + line + "\n");
            CommandResult result = verify();
            assertThat(result.code()).as(word).isEqualTo(2);
            assertThat(result.err()).as(word).contains("line ");
        }
    }

    @Test
    void a_bundle_of_another_version_is_refused_as_one() throws Exception {
        Files.writeString(bundle, Files.readString(bundle).replace("bundle.v0.3+json", "bundle.v0.4+json"));
        CommandResult result = verify();
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("another form or version");
    }

    @Test
    void the_process_connects_to_nobody() throws Exception {
        RequiredProgram.onThePath("strace");
        Path trace = folder.resolve("trace");
        Shell.Outcome outcome = Shell.run(
                folder,
                Map.of(),
                Duration.ofMinutes(2),
                List.of(
                        "strace",
                        "-f",
                        "-qq",
                        "-o",
                        trace.toString(),
                        "-e",
                        "trace=socket,connect,bind,sendto,sendmsg,socketpair",
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "verify",
                        bundle.toString(),
                        "--policy",
                        policy.toString()));
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("verified");
        // The C library asks the machine's own name service who the user is; the JDK's network library only tries
        // whether sockets can be made.
        assertThat(Files.readAllLines(trace))
                .filteredOn(line -> !line.contains("/var/run/nscd/socket"))
                .noneMatch(line -> line.matches(".*\\b(connect|sendto|sendmsg|bind)\\(.*"));
    }
}
