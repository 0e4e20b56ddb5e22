package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import bulwark.testkit.FreePort;
import bulwark.testkit.ProgramProcess;
import bulwark.testkit.Shell;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/a-new-part.md}: its listings are compiled as they stand, and the program is started with them. */
@TestMethodOrder(OrderAnnotation.class)
class NewPartTest {
    private static final Pattern LISTING = Pattern.compile("(?ms)^```(\\w+) (\\S+)\\n(.*?)^```$");
    private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(3);

    @TempDir
    static Path folder;

    private static Map<String, String> listings = Map.of();
    private static ProgramProcess up;
    private static int base;
    private static String key = "";

    @BeforeAll
    static void startTheProgram() throws Exception {
        listings = listings();
        Path classes = compile();
        base = FreePort.base();
        up = ProgramProcess.start(
                folder,
                Map.of(),
                folder.resolve("up.log"),
                command(
                        classes,
                        "up",
                        "--port-base",
                        Integer.toString(base),
                        "--state",
                        folder.resolve("state").toString()));
        up.awaitReady(Duration.ofMinutes(10), () -> up.logText().contains("  notes   http://localhost:"));
        key = Files.readString(home().resolve(".env")).strip().replace("NOTES_ADMIN_KEY=", "");
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.close();
        }
    }

    @Test
    @Order(1)
    void the_whole_part_has_fewer_than_200_lines_of_java() {
        assertThat(listings.entrySet().stream()
                        .filter(file -> file.getKey().endsWith(".java"))
                        .flatMap(file -> file.getValue().lines())
                        .filter(line -> !line.isBlank() && !line.matches("(import|package) .*")))
                .hasSizeLessThan(200);
    }

    @Test
    @Order(1)
    void a_caller_needs_a_key_and_its_permission() throws Exception {
        assertThat(send("GET", "/v1/notes", "", "").statusCode()).isEqualTo(401);
        assertThat(send("GET", "/v1/notes", "0123456789abcdef0123456789abcdef", "")
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    @Order(1)
    void a_wrong_field_is_named_and_changes_nothing() throws Exception {
        HttpResponse<String> answer = send("POST", "/v1/notes", key, "{\"text\":7}");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("\"text\"");
        assertThat(send("GET", "/v1/notes", key, "").body()).isEqualTo("{\"notes\":[]}");
    }

    @Test
    @Order(2)
    void a_note_is_stored_with_its_audit_row_and_the_command_prints_it() throws Exception {
        HttpResponse<String> added = send("POST", "/v1/notes", key, "{\"text\":\"a first note\"}");

        assertThat(added.statusCode()).as(added.body()).isEqualTo(201);
        assertThat(send("GET", "/v1/notes", key, "").body()).isEqualTo("{\"notes\":[\"a first note\"]}");
        assertThat(auditedEvents())
                .containsSubsequence("api_key_registered", "note_written")
                .contains("request_refused");
        assertThat(notes("list").out()).isEqualTo("a first note\n");
    }

    @Test
    @Order(3)
    void the_running_store_is_clean_and_the_operations_endpoint_answers() throws Exception {
        Shell.Outcome fsck = notes("fsck");

        assertThat(fsck.out()).as(fsck.err()).isEqualTo("clean\n");
        assertThat(fsck.exitCode()).isZero();
        assertThat(send("GET", "/healthz", "", "").body()).contains("\"ok\"");
        assertThat(send("GET", "/metrics", "", "").body()).contains("notes_");
    }

    @Test
    @Order(4)
    void up_starts_it_again_when_it_dies_and_its_notes_and_its_key_are_there() throws Exception {
        String pid = Files.readString(home().resolve("notes.pid")).strip();

        Shell.bash(folder, Map.of(), COMMAND_TIMEOUT, "kill -9 " + pid);

        await().atMost(COMMAND_TIMEOUT)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(
                                Files.readString(home().resolve("notes.pid")).strip())
                        .isNotEqualTo(pid));
        await().atMost(COMMAND_TIMEOUT)
                .ignoreExceptions()
                .until(() -> send("GET", "/v1/notes", key, "").body().equals("{\"notes\":[\"a first note\"]}"));
        assertThat(up.logText()).contains("up | the notes ended with code 137");
    }

    @Test
    @Order(5)
    void an_edit_behind_its_back_is_found() throws Exception {
        try (Connection raw = DriverManager.getConnection("jdbc:sqlite:" + home().resolve("notes.db"));
                var sql = raw.createStatement()) {
            sql.execute("UPDATE api_keys SET permissions = '[\"admin\"]'");
        }

        Shell.Outcome fsck = notes("fsck");

        assertThat(fsck.exitCode()).isEqualTo(1);
        assertThat(fsck.out()).contains("PROBLEM ").contains("changed by hand");
    }

    private static Path home() {
        return folder.resolve("state/notes");
    }

    private static Shell.Outcome notes(String command) throws IOException, InterruptedException {
        return Shell.run(home(), Map.of(), COMMAND_TIMEOUT, command(folder.resolve("classes"), "notes", command));
    }

    private static HttpResponse<String> send(String method, String target, String bearer, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + (base + 500) + target))
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "application/json");
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        return NodeUnderTest.send(request.method(
                method,
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)));
    }

    private static List<String> auditedEvents() throws SQLException {
        List<String> events = new ArrayList<>();
        try (Connection raw =
                        DriverManager.getConnection("jdbc:sqlite:file:" + home().resolve("notes.db") + "?mode=ro");
                var sql = raw.createStatement();
                ResultSet rows = sql.executeQuery("SELECT event_type FROM notes_audit_log ORDER BY seq")) {
            while (rows.next()) {
                events.add(rows.getString(1));
            }
        }
        return events;
    }

    private static Map<String, String> listings() {
        Map<String, String> listings = new LinkedHashMap<>();
        LISTING.matcher(SourceTree.text("docs/a-new-part.md"))
                .results()
                .forEach(listing -> listings.put(listing.group(2), listing.group(3)));
        assertThat(listings).hasSizeGreaterThan(5);
        return listings;
    }

    private static Path compile() throws IOException {
        Path sources = folder.resolve("sources");
        Path classes = Files.createDirectories(folder.resolve("classes"));
        List<Path> java = new ArrayList<>();
        for (Map.Entry<String, String> listing : listings.entrySet()) {
            boolean source = listing.getKey().endsWith(".java");
            Path file = (source ? sources : classes).resolve(listing.getKey());
            Files.createDirectories(file.getParent());
            Files.writeString(file, listing.getValue());
            if (source) {
                java.add(file);
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-d", classes.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none", "-Xlint:all");
            boolean compiled = compiler.getTask(
                            said, files, null, options, null, files.getJavaFileObjectsFromPaths(java))
                    .call();
            assertThat(compiled).as(said.toString()).isTrue();
        }
        return classes;
    }

    private static List<String> command(Path classes, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                "bulwark.app.Main"));
        command.addAll(List.of(arguments));
        return command;
    }
}
