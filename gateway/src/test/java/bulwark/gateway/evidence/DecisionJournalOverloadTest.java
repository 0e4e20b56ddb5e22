package bulwark.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.LocalAnswer;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.TestCalls;
import bulwark.gateway.call.UnreadHead;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.kernel.evidence.journal.Journal;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of records and of calls in a flood, and while the disk does not answer. */
@Timeout(60)
class DecisionJournalOverloadTest extends DecisionJournalTestBase {
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
