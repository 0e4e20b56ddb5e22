package bulwark.app.rotate;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.app.up.Part;
import bulwark.app.up.PartList;
import bulwark.app.up.StateFolder;
import bulwark.kernel.evidence.store.AuditedStoreFsck;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.rotation.RotationState;
import bulwark.kernel.storage.StoreAtRest;
import bulwark.testkit.SharedMaterial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The command on a deployment of which nothing runs: every verifier is down. */
@Timeout(180)
class RotateCommandTest {
    @TempDir
    Path top;

    private Path root;

    @BeforeEach
    void provision() throws Exception {
        root = top.toRealPath().resolve("state");
        StateFolder state = new StateFolder(root);
        for (Part part : PartList.all()) {
            if (!part.name().equals("seats")) {
                part.provision(state, 9000, Clock.systemUTC());
            }
        }
    }

    private CommandResult rotate(String... arguments) {
        List<String> all = new ArrayList<>(List.of("rotate"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--state", root.toString()));
        return CommandResult.of(top, Map.of(), "", all.toArray(String[]::new));
    }

    private JsonNode status() {
        return StrictJson.parse(rotate("status", "--json").out().getBytes(StandardCharsets.UTF_8));
    }

    private String onlyId() {
        return status().path("rotations").get(0).path("id").stringValue();
    }

    @Test
    void a_verifier_that_is_down_is_missed_by_name_and_the_rotation_is_given_up_without_a_trace() throws Exception {
        for (String kind : List.of("task-key", "control-key", "node-certificate", "gateway-certificate", "authority")) {
            Map<String, String> before = files();

            CommandResult begun = rotate(kind, "--wait", "0s");
            assertThat(begun.code()).as(begun.err()).isEqualTo(1);
            assertThat(begun.out()).contains("announced").contains("missing: the ");
            assertThat(files()).as("the new key is there").isNotEqualTo(before);
            String id = lastId();

            CommandResult abandoned = rotate("abandon", id);
            assertThat(abandoned.code()).as(abandoned.err()).isZero();
            Map<String, String> after = files();
            // What the client shows is issued anew so that it can be seen to have read its files.
            after.keySet().removeIf(file -> file.startsWith("facts/tls/front."));
            before.keySet().removeIf(file -> file.startsWith("facts/tls/front."));
            assertThat(after).as(kind).isEqualTo(before);
            assertThat(rotate("resume", id).out()).contains("nothing is left to do");
            assertThat(rows(id)).containsExactlyInAnyOrder(id + ":planned", id + ":announced", id + ":abandoned");
        }
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(database())) {
            assertThat(AuditedStoreFsck.of(store, database(), RotationEvidence.LAYOUT)
                            .run()
                            .sentences())
                    .isEmpty();
        }
    }

    @Test
    void another_of_the_same_files_waits_until_the_first_is_finished() {
        rotate("authority", "--wait", "0s");

        CommandResult second = rotate("node-certificate", "--wait", "0s");

        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err()).contains("rotate resume " + onlyId()).contains("rotate abandon " + onlyId());
        assertThat(rotate("status").out()).contains("authority  announced since");
    }

    @Test
    void a_dry_run_changes_nothing() throws IOException {
        Map<String, String> before = files();

        CommandResult dry = rotate("task-key", "--dry-run");
        CommandResult all = rotate("--all-due", "--dry-run");

        assertThat(dry.out())
                .contains("would replace task-key")
                .contains("  retiring for PT168H")
                .contains("nothing was changed");
        assertThat(all.out()).contains("nothing is due");
        assertThat(files()).isEqualTo(before);
        assertThat(root.resolve("rotation")).doesNotExist();
    }

    @Test
    void what_is_due_by_its_age_is_begun_and_what_waits_is_continued() throws IOException {
        for (String file : List.of("private", "public")) {
            Files.setLastModifiedTime(
                    root.resolve("tasks/keys").resolve(file),
                    java.nio.file.attribute.FileTime.from(
                            Clock.systemUTC().instant().minusSeconds(86400 * 85)));
        }
        assertThat(rotate("status").out()).containsPattern("task-key +\\| 85 days +\\| due");

        CommandResult first = rotate("--all-due", "--wait", "0s");
        CommandResult second = rotate("--all-due", "--wait", "0s");

        assertThat(first.out()).contains("task-key  announced").doesNotContain("control-key");
        assertThat(second.out()).contains(onlyId() + "  task-key  missing: the worker");
        assertThat(status().path("rotations").size()).isOne();
    }

    @Test
    void what_is_not_known_is_refused_with_what_there_is() {
        assertThat(rotate("nonsense").err())
                .contains("there is no kind of key nonsense; there are: ")
                .contains("task-key");
        assertThat(rotate("nonsense").code()).isEqualTo(2);
        assertThat(rotate("resume", "nonsense").err()).contains("rotate status lists those that there are");
        assertThat(rotate().code()).isEqualTo(2);
        assertThat(rotate("task-key", "--all-due").code()).isEqualTo(2);
        assertThat(rotate("task-key", "--window", "soon").err()).contains("--window must be a duration");
        CommandResult elsewhere = CommandResult.of(top, Map.of(), "", "rotate", "status", "--state", "nowhere");
        assertThat(elsewhere.err()).contains("nowhere is no folder");
    }

    @Test
    void the_page_names_every_kind_and_state_and_its_commands_run() throws IOException {
        String page = Files.readString(SharedMaterial.repository().resolve("docs/rotation.md"));
        List<String> kinds = StreamSupport.stream(status().path("kinds").spliterator(), false)
                .map(kind -> kind.path("name").stringValue())
                .toList();
        List<String> cells = Pattern.compile("(?m)^\\| (`[^|]+`) \\|")
                .matcher(page)
                .results()
                .flatMap(row ->
                        Pattern.compile("`([^`]+)`").matcher(row.group(1)).results())
                .map(name -> name.group(1))
                .toList();
        List<String> named = new ArrayList<>(kinds);
        for (RotationState state : RotationState.values()) {
            named.add(state.word());
        }
        assertThat(cells).containsExactlyInAnyOrderElementsOf(named);

        rotate("task-key", "--wait", "0s");
        List<String> commands = page.lines()
                .filter(line -> line.startsWith("./bulwark rotate "))
                .map(line -> line.replaceAll("#.*", "")
                        .replace("./bulwark rotate ", "")
                        .replace("ID", onlyId()))
                .map(String::strip)
                .toList();
        assertThat(commands).hasSizeGreaterThan(4);
        for (String command : commands) {
            List<String> words = new ArrayList<>(List.of(command.split(" ")));
            if (!List.of("status", "abandon").contains(words.getFirst()) && !words.contains("--dry-run")) {
                words.addAll(List.of("--wait", "0s"));
            }
            CommandResult ran = rotate(words.toArray(String[]::new));
            assertThat(ran.code()).as(command + ": " + ran.err()).isNotEqualTo(2);
        }
    }

    private String lastId() {
        JsonNode rotations = status().path("rotations");
        return rotations.get(rotations.size() - 1).path("id").stringValue();
    }

    private Path database() {
        return root.resolve("rotation/rotation.db");
    }

    private List<String> rows(String id) {
        try (StoreAtRest store = StoreAtRest.openAlsoInUse(database())) {
            return store.read(tx -> {
                var query = tx.statement("SELECT subject FROM rotation_audit_log WHERE subject LIKE ?");
                query.setString(1, id + ":%");
                List<String> subjects = new ArrayList<>();
                try (var rows = query.executeQuery()) {
                    while (rows.next()) {
                        subjects.add(rows.getString(1));
                    }
                }
                return subjects;
            });
        }
    }

    /** Everything but the rotations' own: path → content. */
    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = root.relativize(file).toString();
                if (!name.startsWith("rotation/")) {
                    files.put(name, Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return files;
    }
}
