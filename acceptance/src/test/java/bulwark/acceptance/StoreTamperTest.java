package bulwark.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import bulwark.facts.node.NodeAtRest;
import bulwark.facts.node.NodeSettings;
import bulwark.kernel.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** One planted edit in each stored column of what is evidence, and in each member of a log line: fsck finds every one. */
class StoreTamperTest {
    private static final List<String> EVIDENCE =
            List.of("facts", "fact_journal", "fact_chain", "fact_cid_aliases", "fact_audit_log");

    @TempDir
    static Path folder;

    private static Path original;

    @BeforeAll
    static void a_node_with_some_history() throws Exception {
        original = Files.createDirectory(folder.resolve("original"));
        try (NodeUnderTest node = NodeUnderTest.in(original, Map.of()).startHere()) {
            for (int i = 0; i < 5; i++) {
                var answer = node.post(
                        "/v1/facts",
                        NodeUnderTest.ADMIN_KEY,
                        "{\"entity\":\"stigmem://t/x/y" + i
                                + "\",\"relation\":\"a:b\",\"value\":\"v\",\"scope\":\"team\",\"valid_until\":\"2040-01-01T00:00:00Z\"}");
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
            }
            node.post(
                    "/v1/recall",
                    NodeUnderTest.ADMIN_KEY,
                    "{\"query\":\"v\",\"scope\":\"team\"}",
                    "Stigmem-Verify",
                    "full");
        }
    }

    @Test
    void an_untouched_copy_is_clean() throws Exception {
        assertThat(fsck(copy("clean"))).isEqualTo("[]");
    }

    @TestFactory
    List<DynamicTest> an_edit_of_any_column_is_found() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        try (Connection connection = open(original)) {
            for (String table : EVIDENCE) {
                for (String column : columns(connection, table)) {
                    tests.add(dynamicTest(table + "." + column, () -> {
                        Path copy = copy(table + "-" + column);
                        edit(copy, table, column);
                        assertThat(fsck(copy)).as("problems found").isNotEqualTo("[]");
                    }));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(40);
        return tests;
    }

    @TestFactory
    List<DynamicTest> an_edit_of_any_member_of_a_log_line_is_found() throws Exception {
        String line = Files.readAllLines(original.resolve("stigmem_tl.jsonl")).getFirst();
        return Stream.of("index", "ts", "leaf_hash", "prev_hash", "chain_hash", "payload")
                .map(member -> dynamicTest(member, () -> {
                    Path copy = copy("log-" + member);
                    String edited = edited(line, member);
                    assertThat(edited).isNotEqualTo(line);
                    Path log = copy.resolve("stigmem_tl.jsonl");
                    Files.writeString(log, Files.readString(log).replace(line, edited));
                    assertThat(fsck(copy)).isNotEqualTo("[]");
                }))
                .toList();
    }

    /** Changes one digit or letter within the value of the member. */
    private static String edited(String line, String member) {
        int value = line.indexOf("\"" + member + "\":") + member.length() + 3;
        for (int i = value; i < line.length(); i++) {
            char c = line.charAt(i);
            if (Character.isDigit(c)) {
                return line.substring(0, i) + (c == '9' ? '1' : (char) (c + 1)) + line.substring(i + 1);
            }
        }
        return line;
    }

    private static void edit(Path directory, String table, String column) throws SQLException {
        try (Connection connection = open(directory);
                Statement statement = connection.createStatement()) {
            for (String trigger : triggers(connection)) {
                statement.execute("DROP TRIGGER " + trigger);
            }
            statement.execute("PRAGMA ignore_check_constraints = ON");
            String key = lastKeyColumn(connection, table);
            String row = "WHERE " + key + " = (SELECT max(" + key + ") FROM " + table + ")";
            String value = "CASE typeof(" + column + ") WHEN 'integer' THEN " + column + " + 7777 WHEN 'real' THEN "
                    + column + " / 2 WHEN 'blob' THEN zeroblob(length(" + column + ")) WHEN 'null' THEN '7777' ELSE "
                    + column + " || 'x' END";
            assertThat(statement.executeUpdate("UPDATE " + table + " SET " + column + " = " + value + " " + row))
                    .isEqualTo(1);
        }
    }

    private static List<String> triggers(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows =
                connection.createStatement().executeQuery("SELECT name FROM sqlite_master WHERE type = 'trigger'")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static List<String> columns(Connection connection, String table) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet rows =
                connection.createStatement().executeQuery("SELECT name FROM pragma_table_info('" + table + "')")) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static String lastKeyColumn(Connection connection, String table) throws SQLException {
        try (ResultSet rows = connection
                .createStatement()
                .executeQuery("SELECT name FROM pragma_table_info('" + table + "') ORDER BY pk DESC")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static Connection open(Path directory) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("stigmem.db"));
    }

    private static String fsck(Path directory) {
        return NodeAtRest.fsck(
                        Configuration.readLenient(NodeSettings.schema(), Map.of(), directory),
                        directory.resolve("stigmem.db"))
                .sentences()
                .toString();
    }

    private static Path copy(String name) throws IOException {
        Path target = folder.resolve(name);
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(original.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return target;
    }
}
