package bulwark.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.TestCalls;
import bulwark.kernel.evidence.journal.Journal;
import bulwark.kernel.evidence.journal.JournalIndexer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How records are found again and written out. */
@Timeout(60)
class DecisionQueryTest extends DecisionJournalTestBase {
    @Test
    void the_first_call_of_an_id_is_found_whatever_came_later_under_it() throws Exception {
        try (Journal journal = journal(1_000);
                DecisionJournal decisions = decisions(journal)) {
            for (int i = 0; i < 101; i++) {
                TestCalls.run(
                        decisions.in(pipeline(ALICE, RequestStage.PASS)),
                        TestCalls.call("GET", "/call/" + i, "192.0.2.7", "X-Request-ID: same\r\n"));
            }
        }
        DecisionQuery.Oldest found =
                new DecisionQuery(Instant.EPOCH, null, null, null, null, "same", 100).oldest(folder.resolve("journal"));
        assertThat(found.records()).hasSize(100);
        assertThat(found.records().getFirst().text("path")).isEqualTo("/call/0");
        assertThat(found.more()).isEqualTo(1);
    }

    @Test
    void a_query_finds_by_time_tenant_principal_outcome_and_id() throws Exception {
        run(ALICE, RequestStage.PASS, TestCalls.call("GET", "/a", "192.0.2.7", "X-Request-ID: req-a\r\n"));
        run(TestCalls.token("bob", "globex", null), FORBIDS, TestCalls.get("/b"));
        assertThat(query(null, null, null, null)).hasSize(2);
        assertThat(query("acme", null, null, null))
                .singleElement()
                .extracting(each -> each.text("path"))
                .isEqualTo("/a");
        assertThat(query(null, "bob", null, null))
                .singleElement()
                .extracting(each -> each.text("path"))
                .isEqualTo("/b");
        assertThat(query(null, null, "refuse", null))
                .singleElement()
                .extracting(each -> each.text("path"))
                .isEqualTo("/b");
        assertThat(query(null, null, null, "req-a")).hasSize(1);
        assertThat(query(
                        null, null, null, one(query("globex", null, null, null)).text("trace")))
                .hasSize(1);
        assertThat(new DecisionQuery(Instant.now().plusSeconds(60), null, null, null, null, null, 10)
                        .run(folder.resolve("journal")))
                .isEmpty();
        assertThat(new DecisionQuery(Instant.EPOCH, null, null, null, null, null, 1).run(folder.resolve("journal")))
                .singleElement()
                .extracting(each -> each.text("path"))
                .as("the newest")
                .isEqualTo("/b");
    }

    @Test
    void a_cell_that_a_spreadsheet_takes_for_a_formula_is_text() throws Exception {
        run(
                TestCalls.token("=cmd|' /C calc'!A0", "acme", null),
                RequestStage.PASS,
                TestCalls.call("GET", "/a", "192.0.2.7", "X-Request-ID: @SUM(1+1)\"x\r\n"));
        String line = DecisionCsv.line(one());
        assertThat(line)
                .contains("\"'=cmd|' /C calc'!A0\"", "\"'@SUM(1+1)\"\"x\"")
                .endsWith("\r\n");
        assertThat(DecisionCsv.header().split(",")).hasSameSizeAs(line.split("\",\""));
    }

    @Test
    void an_index_finds_both_ids_of_a_record_also_one_that_json_escapes() throws Exception {
        run(ALICE, RequestStage.PASS, TestCalls.call("GET", "/a", "192.0.2.7", "X-Request-ID: a\"b\\c\r\n"));
        run(ALICE, RequestStage.PASS, TestCalls.get("/b"));
        new JournalIndexer(folder.resolve("journal"), new DecisionIds()).catchUp();
        assertThat(query(null, null, null, "a\"b\\c"))
                .singleElement()
                .extracting(each -> each.text("path"))
                .isEqualTo("/a");
        byte[] record =
                "{\"v\":1,\"kind\":\"call\",\"at\":\"x\",\"trace\":\"t1\",\"span\":\"s\",\"request_id\":\"a\\\"b\",\"path\":\"\\\"trace\\\":\\\"no\"}"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        List<String> ids = new java.util.ArrayList<>();
        new DecisionIds().of(record, (from, to) -> ids.add(new String(record, from, to - from)));
        assertThat(ids).containsExactly("t1", "a\\\"b");
        for (int length = 0; length < record.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(record, length);
            new DecisionIds().of(cut, (from, to) -> assertThat(to).isBetween(from, cut.length));
        }
    }
}
