package bulwark.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import bulwark.kernel.evidence.audit.AuditLog;
import bulwark.tasks.broker.HolderDeath;
import bulwark.tasks.broker.ReceivedMessage;
import bulwark.tasks.broker.Subscription;
import bulwark.tasks.client.EnqueueRequest;
import bulwark.tasks.client.TaskClient;
import bulwark.tasks.execution.WorkerSettings;
import bulwark.tasks.results.TaskState;
import bulwark.tasks.results.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tasks whose holders die, on every task store. */
@Timeout(90)
abstract class PoisonContract extends WorkerTestBase {
    private static final Duration SHORT = Duration.ofMillis(300);

    @Test
    void a_task_whose_holders_died_five_times_is_a_dead_letter_with_the_evidence_of_each_death() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        fixture.handler("halt", context -> runs.incrementAndGet());
        String id = fixture.enqueue("halt");
        for (int i = 1; i <= 5; i++) {
            holderDies("dead-" + i, SHORT);
        }

        fixture.start(fixture.settings().withLease(SHORT));

        TaskStatus status = fixture.awaitEnd(id);
        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error().message()).startsWith("its holder died 5 times");
        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().reason()).isEqualTo("poison");
        var deaths = fixture.deadLetters().getFirst().meta().path("deaths");
        assertThat(deaths).hasSize(5);
        assertThat(deaths.get(4).path("worker").asString()).isEqualTo("dead-5");
        assertThat(deaths.get(4).path("delivery").asInt()).isEqualTo(5);
        assertThat(deaths.get(0).path("at").asString()).isNotBlank();
        assertThat(runs).hasValue(0);
        fixture.evidence.log().flush();
        assertThat(evidence("task_holder_died")).isEqualTo(1);
        assertThat(evidence("task_dead_lettered")).isEqualTo(1);
    }

    @Test
    void a_forged_entry_whose_holders_died_is_a_dead_letter_alike_and_touches_no_real_status() throws Exception {
        String id = fixture.client.enqueue(EnqueueRequest.named("demo.echo", WorkerFixture.args())
                .withNotBefore(fixture.clock.instant().plusSeconds(3_600)));
        fixture.client(WorkerFixture.OTHER_HMAC)
                .enqueue(EnqueueRequest.named("demo.echo", WorkerFixture.args())
                        .withQueue("default")
                        .withId(id));
        for (int i = 1; i <= 5; i++) {
            holderDies("dead-" + i, SHORT);
        }

        fixture.start(fixture.settings().withLease(SHORT));

        WorkerFixture.until(() -> fixture.deadLetters().size() == 1);
        assertThat(fixture.deadLetters().getFirst().reason()).isEqualTo("poison");
        assertThat(fixture.state(id)).isEqualTo(TaskState.QUEUED);
    }

    @Test
    void a_flood_of_forged_entries_whose_holder_died_is_counted_and_not_told_one_by_one() throws Exception {
        TaskClient forger = fixture.client(WorkerFixture.OTHER_HMAC);
        int forged = 250;
        for (int i = 0; i < forged; i++) {
            forger.enqueue(
                    EnqueueRequest.named("demo.echo", WorkerFixture.args()).withQueue("default"));
        }
        List<ReceivedMessage> held = new ArrayList<>();
        WorkerFixture.until(() -> {
            held.addAll(fixture.stores
                    .broker()
                    .receive(
                            Subscription.toQueue("default", "dead", Duration.ofMillis(1_500)),
                            forged - held.size(),
                            Duration.ofMillis(200)));
            return held.size() >= forged;
        });

        fixture.start(fixture.settings().withLease(Duration.ofMillis(1_500)));

        WorkerFixture.until(() -> fixture.stores.broker().counts("default").dead() == forged);
        fixture.evidence.log().flush();
        assertThat(evidence("task_holder_died")).isBetween(100L, 203L);
        assertThat(evidence("task_dead_lettered")).isBetween(100L, 203L);
    }

    @Test
    void of_a_message_that_is_taken_over_again_and_again_the_latest_deaths_are_kept() throws Exception {
        fixture.enqueue("demo.echo");
        int deaths = HolderDeath.MAX_KEPT + 3;
        String name = "n".repeat(300);
        for (int i = 1; i <= deaths; i++) {
            holderDies(i + name, Duration.ofMillis(30));
        }
        List<HolderDeath> kept = holderDies("last", SHORT).deaths();
        assertThat(kept).hasSize(HolderDeath.MAX_KEPT);
        assertThat(kept.getLast().delivery()).isEqualTo(deaths);
        assertThat(kept.getLast().worker()).startsWith(deaths + "n").hasSize(HolderDeath.MAX_WORKER_CHARS);
    }

    @Test
    void a_task_runs_as_long_as_its_holders_died_less_often() throws Exception {
        String id = fixture.enqueue("demo.echo");
        for (int i = 1; i <= 4; i++) {
            holderDies("dead-" + i, SHORT);
        }

        fixture.start(fixture.settings().withLease(SHORT));

        assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void a_worker_that_stops_in_good_order_and_a_retry_count_as_no_death() throws Exception {
        CountDownLatch started = new CountDownLatch(4);
        fixture.handler("stops", context -> {
            started.countDown();
            while (!context.stopRequested() && started.getCount() > 0) {
                Thread.sleep(5);
            }
            context.checkpoint();
            return "done";
        });
        String id = fixture.enqueue("stops");
        WorkerSettings settings =
                fixture.settings().withLimits(new WorkerSettings.Limits(1, 1 << 20, 1 << 20, 64 << 20));

        for (int i = 0; i < 3; i++) {
            long before = started.getCount();
            Worker worker = fixture.start(settings.withId(WorkerSettings.newId()));
            WorkerFixture.until(() -> started.getCount() < before);
            fixture.stop(worker, Worker.Mode.SOFT);
        }
        fixture.start(settings.withId(WorkerSettings.newId()));

        assertThat(fixture.awaitEnd(id).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(fixture.deadLetters()).isEmpty();
    }

    /** Takes the message and is never heard of again. */
    private ReceivedMessage holderDies(String consumer, Duration lease) throws InterruptedException {
        List<ReceivedMessage> taken = new ArrayList<>();
        WorkerFixture.until(() -> {
            taken.addAll(fixture.stores
                    .broker()
                    .receive(Subscription.toQueue("default", consumer, lease), 1, Duration.ofMillis(200)));
            return !taken.isEmpty();
        });
        return taken.getFirst();
    }

    private long evidence(String type) {
        return fixture.evidence
                .store()
                .read(tx -> fixture.evidence
                        .log()
                        .page(tx, new AuditLog.Query(null, null, null, null, type, null, 100))
                        .total());
    }
}
