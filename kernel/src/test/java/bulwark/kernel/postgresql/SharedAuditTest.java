package bulwark.kernel.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import bulwark.kernel.access.ApiKeys.NewKey;
import bulwark.kernel.access.ApiKeys.Verdict;
import bulwark.kernel.evidence.audit.AuditEventType;
import bulwark.kernel.evidence.audit.AuditTable;
import bulwark.kernel.evidence.audit.GuardedTable;
import bulwark.kernel.evidence.signer.StoreOpening.Acceptance;
import bulwark.kernel.evidence.store.AuditedStore;
import bulwark.kernel.evidence.store.AuditedStoreFsck;
import bulwark.kernel.evidence.store.Fsck;
import bulwark.kernel.secrets.SecretBytes;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.Store.SchemaPolicy;
import bulwark.kernel.storage.StoreFailed;
import bulwark.kernel.storage.StoreInUse;
import bulwark.kernel.storage.StoreRefused;
import bulwark.testkit.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes append to one audit chain, and each vouches for it. */
@Timeout(240)
class SharedAuditTest {
    static final AuditEventType DONE = AuditEventType.of("done", "something was done");

    private static final AuditTable AUDIT = AuditTable.of("test_audit");
    private static final AuditedStore.Layout LAYOUT =
            new AuditedStore.Layout(AUDIT, AuditTable.migration("db/test/V101__audit.sql", AUDIT), List.of());
    private static final AuditEventType MADE = AuditEventType.of("key_made", "a key was stored");
    private static final GuardedTable KEYS = GuardedTable.of("api_keys", "id");
    private static final String RAW = "0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private final PostgresServer server = PostgresServer.shared();
    private final String database = server.createDatabase();

    static AuditedStore open(String url, Path base, String word) {
        PostgresUrl parsed = PostgresUrl.parse(url, "URL");
        return AuditedStore.openShared(
                PostgresStore.open(
                        new PostgresStore.Access(() -> parsed, null),
                        LAYOUT.all(),
                        SchemaPolicy.CREATE_OR_UPGRADE,
                        TestDatabase.PATIENT),
                base,
                LAYOUT,
                new Acceptance("TEST_ACCEPT", word),
                Clock.systemUTC());
    }

    private AuditedStore open(String process) {
        return open(server.url(database), base(process), "");
    }

    private Path base(String process) {
        return folder.resolve(process).resolve("store");
    }

    private List<String> fsck(String... processes) {
        PostgresUrl url = PostgresUrl.parse(server.url(database), "URL");
        try (PostgresStore store = PostgresStore.open(
                new PostgresStore.Access(() -> url, null),
                LAYOUT.all(),
                SchemaPolicy.REFUSE_UNLESS_CURRENT,
                TestDatabase.PATIENT)) {
            List<Path> bases = List.of(processes).stream().map(this::base).toList();
            Fsck.Report report = AuditedStoreFsck.shared(store, bases, LAYOUT).run();
            return report.sentences();
        }
    }

    private static void append(AuditedStore store, String subject) {
        store.store().write(tx -> store.audit().append(tx, DONE.event(null, "default", subject, null, Map.of())));
    }

    private static List<String> subjects(AuditedStore store) {
        return store.store().read(SharedAuditTest::subjects);
    }

    private static List<String> subjects(ReadTx tx) throws SQLException {
        List<String> subjects = new ArrayList<>();
        ResultSet rows =
                tx.statement("SELECT subject FROM test_audit ORDER BY seq").executeQuery();
        while (rows.next()) {
            subjects.add(rows.getString(1));
        }
        return subjects;
    }

    private void asSuperuser(String sql) {
        server.execute(database, "SET session_replication_role = replica; " + sql);
    }

    @Test
    void two_processes_append_without_a_fork_and_both_sign_what_they_saw() throws Exception {
        try (AuditedStore first = open("first");
                AuditedStore second = open("second")) {
            Thread thread = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 100; i++) {
                    append(first, "first");
                }
            });
            for (int i = 0; i < 100; i++) {
                append(second, "second");
            }
            thread.join();
            assertThat(subjects(first)).hasSize(200).contains("first", "second");
            first.rescan();
            second.rescan();
            assertThat(first.problem()).isNull();
            assertThat(second.problem()).isNull();
        }
        assertThat(fsck("first", "second")).isEmpty();
        try (AuditedStore again = open("first")) {
            append(again, "again");
        }
        assertThat(fsck("second", "first")).isEmpty();
    }

    @Test
    void a_key_that_one_process_makes_or_revokes_is_known_or_unknown_to_the_other() {
        try (AuditedStore first = open("first");
                AuditedStore second = open("second")) {
            NewKey key = new NewKey("agent:a", Set.of("read"), "a key", "default", null);
            first.register(SecretBytes.ofText(RAW), key, MADE);
            Verdict.Known known = (Verdict.Known) second.keys().authenticate(RAW);
            String id = String.valueOf(known.principal().keyId());
            first.store().write(tx -> {
                first.keys().revoke(tx, id);
                return first.audit()
                        .guardedRows()
                        .append(tx, DONE.event(null, "default", id, null, Map.of()), KEYS, id);
            });
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> second.keys().authenticate(RAW) instanceof Verdict.Unknown);
            assertThat(second.problem()).isNull();
        }
        assertThat(fsck("first", "second")).isEmpty();
    }

    @Test
    void a_row_that_was_set_back_by_hand_is_honoured_by_no_process() {
        try (AuditedStore first = open("first");
                AuditedStore second = open("second")) {
            first.register(
                    SecretBytes.ofText(RAW), new NewKey("agent:a", Set.of("read"), "a key", "default", null), MADE);
            asSuperuser("UPDATE api_keys SET permissions = '[\"admin\"]'");
            assertThat(first.keys().authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
            assertThat(second.keys().authenticate(RAW)).isInstanceOf(Verdict.Unknown.class);
        }
        assertThat(fsck("first", "second")).anyMatch(sentence -> sentence.contains("changed by hand"));
    }

    @Test
    void a_row_that_does_not_link_stops_every_process() {
        try (AuditedStore first = open("first");
                AuditedStore second = open("second")) {
            append(first, "true");
            asSuperuser(
                    "INSERT INTO test_audit (seq, id, event_type, ts, tenant_id, detail, prev_hash, row_hash)"
                            + " SELECT seq + 1, 'x', event_type, ts, tenant_id, '{}', row_hash, repeat('0', 64) FROM test_audit");
            for (AuditedStore each : List.of(first, second)) {
                assertThatThrownBy(() -> append(each, "never"))
                        .isInstanceOf(StoreFailed.class)
                        .hasMessageContaining("row_hash does not fit");
                assertThat(each.problem()).contains("row_hash does not fit");
            }
        }
    }

    @Test
    void rows_that_were_cut_off_stop_the_process_that_wrote_them_and_its_next_start() {
        try (AuditedStore first = open("first")) {
            append(first, "one");
            append(first, "two");
        }
        try (AuditedStore second = open("second")) {
            append(second, "three");
            asSuperuser("DELETE FROM test_audit WHERE seq > 1");
            assertThatThrownBy(() -> append(second, "never"))
                    .isInstanceOf(StoreFailed.class)
                    .hasMessageContaining("changed behind this process");
        }
        assertThatThrownBy(() -> open("first"))
                .isInstanceOf(StoreRefused.class)
                .hasMessageContaining("row 2 is missing");
        assertThat(fsck("first")).isNotEmpty();
    }

    @Test
    void no_second_process_signs_with_the_keys_of_the_first() {
        try (AuditedStore first = open("first")) {
            assertThatThrownBy(() -> open("first")).isInstanceOf(StoreInUse.class);
            append(first, "goes on");
        }
    }

    @Test
    void processes_that_are_killed_at_any_moment_leave_one_whole_chain_with_every_promised_row_once() throws Exception {
        Set<String> promised = new HashSet<>();
        for (int round = 0; round < 3; round++) {
            Path firstOut = folder.resolve("a" + round);
            Path secondOut = folder.resolve("b" + round);
            Process first = start("first", "a" + round, firstOut);
            Process second = start("second", "b" + round, secondOut);
            try {
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> lines(firstOut).size() > 20);
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> lines(secondOut).size() > 20);
            } finally {
                first.destroyForcibly().waitFor();
                second.destroyForcibly().waitFor();
            }
            promised.addAll(lines(firstOut));
            promised.addAll(lines(secondOut));
        }
        try (AuditedStore third = open("third")) {
            List<String> rows = subjects(third);
            assertThat(rows).doesNotHaveDuplicates().containsAll(promised);
            append(third, "last");
        }
        assertThat(fsck("first", "second", "third")).isEmpty();
    }

    private Process start(String process, String name, Path out) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SharedAuditAppender.class.getName(),
                        server.url(database),
                        base(process).toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(out.toFile())
                .start();
    }

    /** Whole lines of one row each. */
    private static List<String> lines(Path out) throws IOException {
        String text = Files.exists(out) ? Files.readString(out) : "";
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.matches("[ab][0-9]-[0-9]+"))
                .toList();
    }
}
