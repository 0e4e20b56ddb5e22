package bulwark.app.stoa;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.app.CommandResult;
import bulwark.gateway.state.GatewayStore;
import bulwark.kernel.evidence.store.AuditedStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StoaEvidenceTest {
    private static final Pattern KEY = Pattern.compile("--key (\\S+)");

    @TempDir
    Path folder;

    @BeforeEach
    void three_calls() {
        try (AuditedStore store = GatewayStore.open(folder.resolve("stoa-state"), "", Clock.systemUTC())) {
            record(store, "00000000000000070000000000000001", "acme", "alice", "allow", "\"status\":200");
            record(
                    store,
                    "00000000000000070000000000000002",
                    "globex",
                    "=cmd()",
                    "refuse",
                    "\"status\":429,\"code\":\"quota_exceeded\",\"sentence\":\"Daily quota exceeded: 1/1 requests used.\"");
            record(store, "00000000000000070000000000000003", "acme", "bob", "allow", "\"status\":201");
        }
    }

    @Test
    void explain_tells_why_a_call_was_refused_and_what_can_be_done() {
        CommandResult ran = stoa("explain", "00000000000000070000000000000002");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("=cmd() of tenant globex sent GET /orders")
                .contains("refused the call with 429 (quota_exceeded): Daily quota exceeded: 1/1 requests used.")
                .contains("may call again after the time in Retry-After");
    }

    @Test
    void explain_begins_with_the_oldest_of_an_id_and_tells_how_many_more_there_are() {
        String trace = "00000000000000070000000000000002";
        try (AuditedStore store = GatewayStore.open(folder.resolve("stoa-state"), "", Clock.systemUTC())) {
            for (int i = 0; i < 101; i++) {
                record(store, trace, "acme", "mallory", "allow", "\"status\":200");
            }
        }
        CommandResult ran = stoa("explain", trace);
        assertThat(ran.out().lines().findFirst().orElseThrow()).contains("=cmd() of tenant globex sent GET /orders");
        assertThat(ran.out()).contains("2 later records have the same id");
    }

    @Test
    void explain_of_an_unknown_id_says_so() {
        CommandResult ran = stoa("explain", "nothing");
        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).contains("No record has the id nothing");
    }

    @Test
    void explain_of_no_id_explains_nothing() {
        CommandResult ran = stoa("explain", "");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("ID is empty");
    }

    @Test
    void a_query_prints_json_or_csv_that_no_spreadsheet_runs() {
        assertThat(stoa("evidence", "query", "--tenant", "acme").out().lines()).hasSize(2);
        assertThat(stoa("evidence", "query", "--outcome", "refuse").out()).contains("\"code\":\"quota_exceeded\"");
        assertThat(stoa("evidence", "query", "--format", "csv").out()).contains("\"'=cmd()\"");
        assertThat(stoa("evidence", "query", "--outcome", "maybe").code()).isEqualTo(2);
        assertThat(stoa("evidence", "query", "--since", "soon").err()).contains("--since must be a time");
    }

    @Test
    void an_export_of_one_tenant_verifies_with_the_public_key_alone_and_an_edit_shows() throws Exception {
        CommandResult exported = stoa("evidence", "export", "--tenant", "acme", "--out", "acme.jsonl");
        assertThat(exported.out()).as(exported.err()).contains("exported 2 records of tenant acme");
        Path file = folder.resolve("acme.jsonl");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).doesNotContain("globex", "cmd()");
        Matcher key = KEY.matcher(exported.out());
        assertThat(key.find()).isTrue();
        assertThat(stoa("evidence", "verify", "acme.jsonl", "--key", key.group(1))
                        .out())
                .isEqualTo("whole: 2 records of tenant acme\n");
        assertThat(stoa("evidence", "verify", "acme.jsonl", "--key", "stoa-state/gateway.db.keys")
                        .code())
                .isZero();
        Files.writeString(file, Files.readString(file).replace("alice", "mallo"));
        CommandResult edited = stoa("evidence", "verify", "acme.jsonl", "--key", key.group(1));
        assertThat(edited.code()).isEqualTo(1);
        assertThat(edited.out()).contains("PROBLEM record 1 is not the one that stands in the journal", "NOT whole");
        assertThat(stoa("evidence", "export", "--tenant", "acme", "--out", "acme.jsonl")
                        .err())
                .contains("exports are never overwritten");
    }

    @Test
    void fsck_finds_an_edit_of_the_journal() throws Exception {
        assertThat(stoa("evidence", "fsck").out()).isEqualTo("clean\n");
        try (Stream<Path> files = Files.list(folder.resolve("stoa-state/gateway.db.journal"))) {
            Path segment = files.filter(file -> file.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
            byte[] bytes = Files.readAllBytes(segment);
            bytes[300] ^= 1;
            Files.write(segment, bytes);
        }
        CommandResult found = stoa("evidence", "fsck");
        assertThat(found.code()).isEqualTo(1);
        assertThat(found.out()).contains("PROBLEM", "not clean");
    }

    private CommandResult stoa(String... arguments) {
        return CommandResult.of(
                folder,
                Map.of(),
                "",
                Stream.concat(Stream.of("stoa"), Stream.of(arguments)).toArray(String[]::new));
    }

    private static void record(
            AuditedStore store, String trace, String tenant, String principal, String decision, String more) {
        String json = "{\"v\":1,\"kind\":\"call\",\"at\":\"" + Instant.now() + "\",\"trace\":\"" + trace
                + "\",\"tenant\":\"" + tenant + "\",\"principal\":\"" + principal
                + "\",\"client\":\"192.0.2.7\",\"method\":\"GET\",\"path\":\"/orders\",\"decision\":\"" + decision
                + "\"," + more + "}";
        CompletableFuture<Boolean> durable = new CompletableFuture<>();
        store.journal()
                .append(
                        out -> out.raw(json.getBytes(StandardCharsets.UTF_8)),
                        problem -> durable.complete(problem == null));
        assertThat(durable.orTimeout(60, TimeUnit.SECONDS).join()).isTrue();
    }
}
