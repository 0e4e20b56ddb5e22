package bulwark.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallOutcome;
import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.LocalAnswer;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.call.StageRunner;
import bulwark.gateway.call.TestCalls;
import bulwark.gateway.call.UnreadHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.journal.Journal;
import bulwark.kernel.evidence.journal.JournalIndexer;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class DecisionJournalTest {
    private static final Principal ALICE = TestCalls.token("alice", "acme", null);
    private static final RequestStage FORBIDS =
            call -> new StageResult.Refuse(new GatewayRefusal.Forbidden("forbidden", "Permission denied", null));

    private final Metrics metrics = new Metrics(DecisionJournal.METRICS);

    @TempDir
    Path folder;

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
    void a_flood_of_refusals_is_a_hundred_records_and_a_count() throws Exception {
        try (Journal journal = journal(10_000)) {
            try (DecisionJournal decisions = decisions(journal)) {
                CallPipeline known = decisions.in(pipeline(ALICE, FORBIDS));
                CallPipeline unknown = decisions.in(CallPipeline.closed());
                for (int i = 0; i < 250; i++) {
                    TestCalls.run(known, TestCalls.get("/x"));
                    TestCalls.run(unknown, TestCalls.get("/x"));
                }
            }
        }
        List<RecordedDecision> records = all();
        long counted = records.stream()
                .filter(record -> !record.isCall())
                .mapToLong(record -> record.number("count"))
                .sum();
        long own = records.stream().filter(RecordedDecision::isCall).count();
        assertThat(own + counted)
                .as("each refusal is in a record or in a count")
                .isEqualTo(500);
        assertThat(own).as("a minute may have turned meanwhile").isBetween(200L, 400L);
        assertThat(records.stream().filter(record -> !record.isCall()))
                .allSatisfy(
                        record -> assertThat(Explanation.of(record).getFirst()).contains("no record of their own"));
    }

    @Test
    void refusals_of_many_addresses_push_no_known_caller_out_of_the_evidence() throws Exception {
        try (Journal journal = journal(20_000)) {
            try (DecisionJournal decisions = decisions(journal)) {
                CallPipeline unknown = decisions.in(CallPipeline.closed());
                for (int i = 0; i < 12_000; i++) {
                    String address = "10.0." + (i >> 8) + "." + (i & 0xff);
                    TestCalls.run(unknown, TestCalls.call("GET", "/x", address));
                }
                TestCalls.run(decisions.in(pipeline(ALICE, FORBIDS)), TestCalls.get("/probe"));
            }
        }
        assertThat(query("acme", "alice", "refuse", null))
                .singleElement()
                .satisfies(record -> assertThat(record.text("path")).isEqualTo("/probe"));
    }

    @Test
    void a_flood_of_answered_preflights_is_a_hundred_records_and_a_count() throws Exception {
        int sent = 5_000;
        try (Journal journal = journal(20_000)) {
            try (DecisionJournal decisions =
                    new DecisionJournal(journal, metrics, Clock.fixed(Instant.now(), ZoneOffset.UTC))) {
                RequestStage evidence = decisions.in(CallPipeline.closed()).evidence();
                CallPipeline answered = decisions
                        .in(CallPipeline.closed())
                        .withIdentity(RequestStage.PASS)
                        .withEvidence(evidence);
                for (int i = 0; i < sent; i++) {
                    GatewayCall preflight = TestCalls.call(
                            "OPTIONS",
                            "/x",
                            "192.0.2.7",
                            "Origin: https://a\r\n",
                            "Access-Control-Request-Method: GET\r\n");
                    preflight.localAnswer(new LocalAnswer(204, "", new byte[0], List.of()));
                    assertThat(TestCalls.run(answered, preflight)).isNull();
                }
            }
        }
        List<RecordedDecision> records = all();
        assertThat(records.stream().filter(RecordedDecision::isCall)).hasSize(100);
        RecordedDecision count =
                one(records.stream().filter(record -> !record.isCall()).toList());
        assertThat(count.number("count")).isEqualTo(sent - 100);
        assertThat(count.text("decision")).isEqualTo("allow");
        assertThat(Explanation.of(count).getFirst()).contains("answered 4900 more calls", "preflight");
        assertThat(metrics.scrape()).contains("stoa_preflights_without_record_total 4900.0");
    }

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
    void when_nothing_can_be_recorded_calls_are_refused_unless_their_route_goes_on_without() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        Journal journal = journal(1);
        try (DecisionJournal decisions = decisions(journal)) {
            CountDownLatch busy = new CountDownLatch(1);
            journal.append(out -> {
                busy.countDown();
                await(disk);
            });
            busy.await(30, TimeUnit.SECONDS);
            GatewayRefusal refusal =
                    TestCalls.run(decisions.in(pipeline(ALICE, RequestStage.PASS)), TestCalls.get("/x"));
            assertThat(refusal)
                    .isInstanceOfSatisfying(
                            GatewayRefusal.Unavailable.class,
                            unavailable -> assertThat(unavailable.code()).isEqualTo("evidence_unavailable"));
            GatewayCall bestEffort = TestCalls.get("/x");
            bestEffort.route(route("best-effort"));
            assertThat(TestCalls.run(decisions.in(pipeline(ALICE, RequestStage.PASS)), bestEffort))
                    .isNull();
            GatewayCall required = TestCalls.get("/x");
            required.route(route("required"));
            assertThat(TestCalls.run(decisions.in(pipeline(ALICE, RequestStage.PASS)), required))
                    .isInstanceOf(GatewayRefusal.Unavailable.class);
            assertThat(metrics.scrape()).contains("stoa_calls_without_record_total 1.0");
        } finally {
            disk.countDown();
            journal.close();
        }
    }

    @Test
    void a_disk_that_is_busy_for_a_moment_makes_calls_late_and_refuses_none() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        AtomicLong nanos = new AtomicLong(1);
        Journal journal = Journal.open(
                folder.resolve("journal"),
                new Journal.Options(
                        64 << 10,
                        1_000,
                        channel -> {
                            asked.countDown();
                            await(disk);
                            channel.force(false);
                        },
                        nanos::get),
                new SecureRandom(),
                Clock.systemUTC());
        try (DecisionJournal decisions = decisions(journal)) {
            CallPipeline passes = decisions.in(pipeline(ALICE, RequestStage.PASS));
            CallPipeline forbids = decisions.in(pipeline(ALICE, FORBIDS));
            assertThat(TestCalls.run(passes, TestCalls.get("/x"))).isNull();
            asked.await(30, TimeUnit.SECONDS);

            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_900));
            CompletableFuture<@Nullable GatewayRefusal> late =
                    CompletableFuture.supplyAsync(() -> TestCalls.run(passes, TestCalls.get("/x")));
            CompletableFuture<@Nullable GatewayRefusal> lateRefusal =
                    CompletableFuture.supplyAsync(() -> TestCalls.run(forbids, TestCalls.get("/x")));
            assertThat(late.copy()
                            .completeOnTimeout(null, 200, TimeUnit.MILLISECONDS)
                            .join())
                    .isNull();
            assertThat(late).isNotDone();
            assertThat(lateRefusal).isNotDone();
            disk.countDown();
            assertThat(late.get(30, TimeUnit.SECONDS)).isNull();
            assertThat(lateRefusal.get(30, TimeUnit.SECONDS)).isInstanceOf(GatewayRefusal.Forbidden.class);
        } finally {
            disk.countDown();
            journal.close();
        }
        assertThat(all()).hasSize(3);
    }

    @Test
    void a_disk_that_goes_on_being_silent_is_waited_for_by_nobody() throws Exception {
        CountDownLatch disk = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        AtomicLong nanos = new AtomicLong(1);
        Journal journal = Journal.open(
                folder.resolve("journal"),
                new Journal.Options(
                        64 << 10,
                        1_000,
                        channel -> {
                            asked.countDown();
                            await(disk);
                        },
                        nanos::get),
                new SecureRandom(),
                Clock.systemUTC());
        try (DecisionJournal decisions = decisions(journal)) {
            CallPipeline passes = decisions.in(pipeline(ALICE, RequestStage.PASS));
            assertThat(TestCalls.run(passes, TestCalls.get("/x"))).isNull();
            asked.await(30, TimeUnit.SECONDS);
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
            CompletableFuture<@Nullable GatewayRefusal> waits =
                    CompletableFuture.supplyAsync(() -> TestCalls.run(passes, TestCalls.get("/x")));
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
            assertThat(waits.get(30, TimeUnit.SECONDS)).isInstanceOf(GatewayRefusal.Unavailable.class);
            assertThat(TestCalls.run(passes, TestCalls.get("/x")))
                    .isInstanceOfSatisfying(
                            GatewayRefusal.Unavailable.class,
                            unavailable -> assertThat(unavailable.code()).isEqualTo("evidence_unavailable"));
        } finally {
            disk.countDown();
            journal.close();
        }
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
    void every_code_of_a_refusal_has_a_remedy() {
        for (String code : List.of("quota_exceeded", "evidence_unavailable", "no_route", "token_expired", "made_up")) {
            assertThat(Explanation.remedy(code)).endsWith(".").hasSizeGreaterThan(30);
        }
    }

    private void run(Principal principal, RequestStage permission, GatewayCall call) {
        try (Journal journal = journal(1000);
                DecisionJournal decisions = decisions(journal)) {
            TestCalls.run(decisions.in(pipeline(principal, permission)), call);
        }
    }

    private Journal journal(int maxWaiting) {
        return Journal.open(
                folder.resolve("journal"),
                new Journal.Options(64 << 10, maxWaiting),
                new SecureRandom(),
                Clock.systemUTC());
    }

    private DecisionJournal decisions(Journal journal) {
        return new DecisionJournal(journal, metrics, Clock.systemUTC());
    }

    private static ApiRoute route(String evidence) {
        return RouteJson.parse(StrictJson.write(Map.of(
                "id", "orders", "path_prefix", "/x", "backend_url", "https://api.example.com", "evidence", evidence)));
    }

    private static CallPipeline pipeline(Principal principal, RequestStage permission) {
        return CallPipeline.closed().withIdentity(TestCalls.identity(principal)).withPermission(permission);
    }

    private List<RecordedDecision> all() throws IOException {
        return query(null, null, null, null);
    }

    private List<RecordedDecision> query(
            @Nullable String tenant, @Nullable String principal, @Nullable String outcome, @Nullable String id)
            throws IOException {
        return new DecisionQuery(Instant.EPOCH, null, tenant, principal, outcome, id, 100_000)
                .run(folder.resolve("journal"));
    }

    private RecordedDecision one() throws IOException {
        return one(all());
    }

    private static RecordedDecision one(List<RecordedDecision> records) {
        assertThat(records).hasSize(1);
        return records.getFirst();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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

    @Test
    void requests_without_a_readable_head_are_recorded_and_counted() throws Exception {
        try (Journal journal = journal(10_000);
                DecisionJournal decisions = decisions(journal)) {
            CallPipeline pipeline = decisions.in(CallPipeline.closed());
            for (int i = 0; i < 150; i++) {
                GatewayCall peer = TestCalls.get("/x");
                pipeline.hooks()
                        .unread()
                        .accept(new UnreadHead(
                                peer.peer(), peer.trace(), new GatewayRefusal.MalformedRequest("Two lengths.")));
            }
        }
        List<RecordedDecision> records = all();
        assertThat(records.getFirst().text("code")).isEqualTo("malformed_request");
        assertThat(records.getFirst().text("client")).isEqualTo("192.0.2.7");
        assertThat(records.getFirst().text("route")).isEmpty();
        assertThat(Explanation.of(records.getFirst()).getFirst()).contains("from 192.0.2.7");
        assertThat(records.stream().filter(RecordedDecision::isCall).count()).isBetween(100L, 149L);
    }
}
