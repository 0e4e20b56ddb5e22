package bulwark.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageRunner;
import bulwark.gateway.call.TestCalls;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.evidence.journal.Journal;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is recorded of a call, and how it is explained. */
@Timeout(60)
class DecisionJournalTest extends DecisionJournalTestBase {
    @Test
    void a_call_that_was_let_through_is_recorded_and_explained() throws Exception {
        GatewayCall call = TestCalls.call(
                "GET",
                "/orders/7?token=secret-in-query",
                "192.0.2.7",
                "X-Request-ID: req-1\r\n",
                "Authorization: Bearer secret-in-header\r\n");
        call.route(route("required"));
        run(ALICE, RequestStage.PASS, call);
        RecordedDecision record = one();
        assertThat(record.text("route")).isEqualTo("orders");
        assertThat(record.text("decision")).isEqualTo("allow");
        assertThat(record.text("principal")).isEqualTo("alice");
        assertThat(record.text("tenant")).isEqualTo("acme");
        assertThat(record.text("path")).isEqualTo("/orders/7");
        assertThat(record.text("request_id")).isEqualTo("req-1");
        assertThat(record.text("upstream")).isEqualTo("http://127.0.0.1:9000");
        assertThat(record.number("status")).isEqualTo(200);
        assertThat(record.members().toString()).doesNotContain("secret-in");
        List<String> sentences = Explanation.of(record);
        assertThat(sentences.getFirst())
                .contains("alice of tenant acme", "GET /orders/7 with a query (SHA-256", "from 192.0.2.7");
        assertThat(String.join(" ", sentences))
                .contains("let the call through", "http://127.0.0.1:9000 answered 200 after 3.0 ms", "request req-1");
    }

    @Test
    void a_refusal_of_a_known_caller_is_durable_before_it_is_answered() throws Exception {
        Journal journal = journal(1000);
        DecisionJournal decisions = decisions(journal);
        GatewayCall call = TestCalls.get("/orders");
        CallPipeline pipeline = decisions.in(pipeline(ALICE, FORBIDS));
        assertThat(TestCalls.run(pipeline, call)).isInstanceOf(GatewayRefusal.Forbidden.class);
        // Nothing was closed or flushed: the answer came, so the record is there.
        RecordedDecision record = one();
        assertThat(record.text("code")).isEqualTo("forbidden");
        assertThat(record.number("status")).isEqualTo(403);
        assertThat(String.join(" ", Explanation.of(record)))
                .contains("refused the call with 403 (forbidden)", "Permission denied.", "another credential");
        decisions.close();
        journal.close();
        assertThat(all()).hasSize(1);
    }

    @Test
    void every_code_of_a_refusal_has_a_remedy() {
        for (String code : List.of("quota_exceeded", "evidence_unavailable", "no_route", "token_expired", "made_up")) {
            assertThat(Explanation.remedy(code)).endsWith(".").hasSizeGreaterThan(30);
        }
    }

    @Test
    void a_call_that_stays_open_has_a_record_when_it_opens_and_one_of_its_end() throws Exception {
        GatewayCall call = TestCalls.get("/orders");
        call.route(route("required"));
        try (Journal journal = journal(1);
                DecisionJournal decisions = decisions(journal)) {
            CallPipeline pipeline = decisions.in(pipeline(ALICE, RequestStage.PASS));
            // The one reservation is given back, so that each of them is let through.
            for (int i = 0; i < 3; i++) {
                GatewayCall open = i == 0 ? call : TestCalls.get("/orders");
                assertThat(StageRunner.decideNow(pipeline.identity(), open)).isNull();
                Awaitility.await().until(() -> StageRunner.decideNow(pipeline.evidence(), open) == null);
                pipeline.hooks().opened().accept(open);
            }
            Awaitility.await().until(() -> journal.records() == 3);
            call.end(new CallOutcome(101, null, null, true, 7, 11, 13_000_000), pipeline.ended());
        }
        assertThat(all()).hasSize(4).allSatisfy(record -> {
            assertThat(record.number("status")).isEqualTo(101);
            assertThat(record.text("principal")).isEqualTo("alice");
        });
        List<RecordedDecision> both = query(null, null, null, call.trace().traceId());
        assertThat(both).extracting(record -> record.text("phase")).containsExactly("open", "end");
        assertThat(String.join(" ", Explanation.of(both.getFirst()))).contains("under way when this was written");
        assertThat(String.join(" ", Explanation.of(both.getLast())))
                .contains("7 bytes went to it, 11 came back", "after 13.0 ms");
    }

    @Test
    void a_kill_leaves_a_record_of_a_call_that_lasted() throws Exception {
        GatewayCall call = TestCalls.get("/orders");
        call.route(route("required"));
        Journal journal = journal(10);
        DecisionJournal decisions = decisions(journal);
        CallPipeline pipeline = decisions.in(pipeline(ALICE, RequestStage.PASS));
        assertThat(StageRunner.decideNow(pipeline.identity(), call)).isNull();
        assertThat(StageRunner.decideNow(pipeline.evidence(), call)).isNull();
        pipeline.hooks().lasting().accept(call);
        Awaitility.await().until(() -> journal.records() == 1);
        // What a kill at this moment leaves is what another reader sees.
        RecordedDecision left = one();
        assertThat(left.text("phase")).isEqualTo("open");
        assertThat(String.join(" ", Explanation.of(left))).contains("the gateway was killed before it ended");
        call.cost(1);
        call.end(new CallOutcome(200, null, "http://b", true, 0, 5, 6_000_000_000L), pipeline.ended());
        decisions.close();
        journal.close();
        RecordedDecision end = all().getLast();
        assertThat(end.text("phase")).isEmpty();
        assertThat(end.number("cost")).isEqualTo(1);
        assertThat(String.join(" ", Explanation.of(end))).contains("It cost the caller's plan 1 call.");
    }
}
