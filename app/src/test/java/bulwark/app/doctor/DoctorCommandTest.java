package bulwark.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.doctor.memory.TargetMemory;
import bulwark.kernel.json.StrictJson;
import bulwark.testkit.LoopbackServer;
import bulwark.testkit.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as people type it, before targets that need no deployment. */
@Timeout(600)
class DoctorCommandTest {
    private static final String HEADERS = "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
            + "Content-Security-Policy: default-src 'none'\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n";

    @TempDir
    Path folder;

    private TargetFixture target;

    @BeforeEach
    void prepare() throws Exception {
        folder = folder.toRealPath();
        target = new TargetFixture(folder);
    }

    @Test
    void the_report_is_written_in_each_form_and_is_its_owners_alone() throws Exception {
        CommandResult result = target.doctor(
                "--target",
                target.closed().toString(),
                "--sarif",
                "r.sarif",
                "--junit",
                "r.xml",
                "--oscal",
                "r.json",
                "--html",
                "r.html");
        assertThat(result.code()).as(result.err()).isEqualTo(3);
        String summary = result.out()
                .lines()
                .filter(line -> line.contains(" hold, "))
                .findFirst()
                .orElseThrow();
        for (String name : List.of("r.sarif", "r.xml", "r.json", "r.html")) {
            Path file = folder.resolve(name);
            assertThat(file).content().as(name).contains(summary);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void files_that_cannot_be_made_are_all_named_before_anybody_is_asked() throws Exception {
        Files.writeString(folder.resolve("there.sarif"), "mine");
        try (LoopbackServer server = TargetFixture.answering("", "")) {
            CommandResult result = target.doctor(
                    "--target",
                    target.file("one", TargetFixture.url(server)).toString(),
                    "--sarif",
                    "there.sarif",
                    "--junit",
                    "none/r.xml",
                    "--oscal",
                    "same",
                    "--html",
                    "same");
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err())
                    .contains("there.sarif is there already", "none is no folder", "--oscal and --html name one file");
            assertThat(server.connections()).isZero();
        }
        assertThat(folder.resolve("there.sarif")).hasContent("mine");
    }

    @Test
    void a_full_disk_is_a_sentence_and_leaves_nothing_half_written() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Shell.Outcome mounted =
                Shell.bash(folder, Map.of(), Duration.ofMinutes(1), "mount -t tmpfs -o size=8k,mode=700 tmpfs " + disk);
        Assumptions.assumeTrue(mounted.exitCode() == 0, "SKIPPED: only root mounts a small disk");
        try {
            CommandResult result = target.doctor(
                    "--target",
                    target.closed().toString(),
                    "--part",
                    "facts",
                    "--html",
                    "disk/r.html",
                    "--junit",
                    "r.xml");
            assertThat(result.code()).isEqualTo(3);
            assertThat(result.err()).contains("--html: ", "was not written", "No space left on device");
            assertThat(disk).isEmptyDirectory();
            assertThat(folder.resolve("r.xml")).isNotEmptyFile();
            CommandResult signed = target.doctor(
                    "--target", target.file("two", "http://localhost:1").toString(), "--bundle", "disk");
            assertThat(signed.code()).isEqualTo(3);
            assertThat(signed.err()).contains("--bundle: ", "No space left on device");
            assertThat(disk).isDirectoryNotContaining("glob:**.sigstore.json");
        } finally {
            Shell.bash(folder, Map.of(), Duration.ofMinutes(1), "umount " + disk);
        }
    }

    @Test
    void since_tells_what_is_new_what_is_still_so_and_what_was_seen_mended() throws Exception {
        String[] visit = {"--only", "FACTS-HEADERS-01", "--since", "--target", ""};
        try (LoopbackServer bare = TargetFixture.answering("", "{}");
                LoopbackServer good = TargetFixture.answering(HEADERS, "{}")) {
            visit[4] = target.file("one", TargetFixture.url(bare)).toString();
            assertThat(target.doctor(visit).out())
                    .contains("This was the first visit", "new       FACTS-HEADERS-01", "mended    nothing");
            assertThat(target.doctor(visit).out())
                    .doesNotContain("This was the first visit")
                    .contains("new       nothing", "still so  FACTS-HEADERS-01");
            target.file("one", "http://localhost:" + bulwark.testkit.FreePort.next());
            CommandResult unseen = target.doctor(visit);
            assertThat(unseen.out()).contains("mended    nothing", "still so  FACTS-HEADERS-01");
            assertThat(unseen.code()).isEqualTo(3);
            target.file("one", TargetFixture.url(good));
            CommandResult mended = target.doctor(visit);
            assertThat(mended.out()).contains("mended    FACTS-HEADERS-01", "still so  nothing");
            assertThat(mended.code()).isZero();
        }
    }

    @Test
    void one_memory_is_used_by_one_doctor_at_a_time() throws Exception {
        String file = target.closed().toString();
        try (TargetMemory held = TargetMemory.open(target.memory(), "closed")) {
            CommandResult result = target.doctor("--target", file, "--part", "facts");
            assertThat(result.code()).isEqualTo(2);
            assertThat(result.err()).contains("another doctor looks at this target", "--memory");
            assertThat(held.firstVisit()).isTrue();
        }
        assertThat(target.doctor("--target", file, "--part", "facts").code()).isEqualTo(3);
    }

    @Test
    void a_state_folder_in_which_nothing_runs_gives_no_target_file() throws Exception {
        Files.createDirectory(folder.resolve("state"));
        CommandResult result = target.doctor("target", "init", "t.yaml", "--state", "state");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("nothing runs in", "./bulwark up");
        assertThat(folder.resolve("t.yaml")).doesNotExist();
    }

    @Test
    void a_target_file_of_others_or_with_faults_is_refused_with_every_fault() throws Exception {
        Path file = target.closed();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(target.doctor("--target", file.toString()).err()).contains("chmod 600");
        bulwark.kernel.process.OwnerOnlyFiles.write(
                file,
                "name: a b\nextra: 1\nexec: podman exec x\nparts:\n  facts:\n    plain_url: http://u:p@host/\n"
                        .getBytes(StandardCharsets.UTF_8));
        CommandResult result = target.doctor("--target", file.toString());
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err())
                .contains(
                        "extra is no member",
                        "name must be",
                        "exec must be a list of words",
                        "parts.facts.plain_url must be");
    }

    @Test
    void pins_are_listed_and_forgotten_one_by_one() throws Exception {
        String file = target.closed().toString();
        try (TargetMemory memory = TargetMemory.open(target.memory(), "closed")) {
            assertThat(memory.pinned("facts.key", "ab")).isEmpty();
            assertThat(memory.pinned("host.program", "cd")).isEmpty();
            memory.save("2026-11-28T00:00:00Z", Map.of());
        }
        assertThat(target.doctor("pins", "list", "--target", file).out().lines())
                .containsExactly("facts.key  ab", "host.program  cd");
        assertThat(target.doctor("pins", "forget", "facts.key", "--target", file)
                        .code())
                .isZero();
        assertThat(target.doctor("pins", "list", "--target", file).out().lines())
                .containsExactly("host.program  cd");
        CommandResult again = target.doctor("pins", "forget", "facts.key", "--target", file);
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).contains("there is no pin facts.key", "pins list");
    }

    @Test
    void json_is_one_document_and_every_fault_of_a_command_line_is_named() throws Exception {
        CommandResult json = target.doctor(
                "--json", "--part", "facts", "--target", target.closed().toString());
        var report = StrictJson.parse(json.out().getBytes(StandardCharsets.UTF_8));
        assertThat(report.path("complete").asBoolean(false)).isTrue();
        assertThat(report.path("probes")
                        .valueStream()
                        .map(probe -> probe.path("status").asString("")))
                .doesNotContain("pass", "warn");
        CommandResult wrong = target.doctor("--only", "NO-SUCH", "--part", "nobody");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("--only NO-SUCH", "--part nobody");
        assertThat(target.doctor("--bundle", "out", "--only", "HOST").code()).isEqualTo(2);
    }
}
