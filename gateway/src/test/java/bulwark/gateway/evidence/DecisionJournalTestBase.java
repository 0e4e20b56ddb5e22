package bulwark.gateway.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.gateway.call.CallPipeline;
import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.call.RequestStage;
import bulwark.gateway.call.StageResult;
import bulwark.gateway.call.TestCalls;
import bulwark.gateway.refusal.GatewayRefusal;
import bulwark.gateway.route.ApiRoute;
import bulwark.gateway.route.RouteJson;
import bulwark.kernel.access.Principal;
import bulwark.kernel.evidence.journal.Journal;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A journal of decisions in a folder of its own, and calls that are judged before it. */
@Timeout(60)
abstract class DecisionJournalTestBase {
    static final Principal ALICE = TestCalls.token("alice", "acme", null);

    static final RequestStage FORBIDS =
            call -> new StageResult.Refuse(new GatewayRefusal.Forbidden("forbidden", "Permission denied", null));

    final Metrics metrics = new Metrics(DecisionJournal.METRICS);

    @TempDir
    Path folder;

    void run(Principal principal, RequestStage permission, GatewayCall call) {
        try (Journal journal = journal(1000);
                DecisionJournal decisions = decisions(journal)) {
            TestCalls.run(decisions.in(pipeline(principal, permission)), call);
        }
    }

    Journal journal(int maxWaiting) {
        return Journal.open(
                folder.resolve("journal"),
                new Journal.Options(64 << 10, maxWaiting),
                new SecureRandom(),
                Clock.systemUTC());
    }

    DecisionJournal decisions(Journal journal) {
        return new DecisionJournal(journal, metrics, Clock.systemUTC());
    }

    static ApiRoute route(String evidence) {
        return RouteJson.parse(StrictJson.write(Map.of(
                "id", "orders", "path_prefix", "/x", "backend_url", "https://api.example.com", "evidence", evidence)));
    }

    static CallPipeline pipeline(Principal principal, RequestStage permission) {
        return CallPipeline.closed().withIdentity(TestCalls.identity(principal)).withPermission(permission);
    }

    List<RecordedDecision> all() throws IOException {
        return query(null, null, null, null);
    }

    List<RecordedDecision> query(
            @Nullable String tenant, @Nullable String principal, @Nullable String outcome, @Nullable String id)
            throws IOException {
        return new DecisionQuery(Instant.EPOCH, null, tenant, principal, outcome, id, 100_000)
                .run(folder.resolve("journal"));
    }

    RecordedDecision one() throws IOException {
        return one(all());
    }

    static RecordedDecision one(List<RecordedDecision> records) {
        assertThat(records).hasSize(1);
        return records.getFirst();
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
